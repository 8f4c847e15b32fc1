using System.Net;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

public class EndPointsTests
{
    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("*:80", "0.0.0.0:80")]
    [InlineData("[::]:80", "[::]:80")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("[::ffff:127.0.0.1]:80", "127.0.0.1:80")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    public void Addresses_to_bind(string text, string expected) =>
        Assert.Equal(IPEndPoint.Parse(expected), EndPoints.ParseBind(text, out _));

    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]:80")]
    [InlineData("[::ffff:10.0.0.1]:80", "10.0.0.1:80")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    public void Addresses_of_backends(string text, string expected) =>
        Assert.Equal(IPEndPoint.Parse(expected), EndPoints.ParseBackend(text, out _)?.Addresses[0]);

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:+80")]
    [InlineData("127.0.0.1: 80")]
    [InlineData("127.0.0.1:http")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:99999999999")]
    [InlineData("::1:80")]
    [InlineData("[::1]")]
    [InlineData("[::1:80")]
    [InlineData("http://127.0.0.1:80")]
    public void What_is_not_host_and_port_is_neither(string text)
    {
        Assert.Null(EndPoints.ParseBind(text, out var bind));
        Assert.Null(EndPoints.ParseBackend(text, out var backend));
        Assert.Contains("ADDRESS:PORT", bind, StringComparison.Ordinal);
        Assert.Contains("HOST:PORT", backend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("010.0.0.1:80")]
    [InlineData("127.1:80")]
    [InlineData("0x7f.0.0.1:80")]
    [InlineData("2130706433:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("[localhost]:80")]
    public void Odd_spellings_of_an_address_are_refused_and_not_guessed(string text)
    {
        Assert.Null(EndPoints.ParseBind(text, out _));
        Assert.Null(EndPoints.ParseBackend(text, out var problem));
        Assert.Contains("written in full", problem, StringComparison.Ordinal);
    }
}
