using System.Net;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Probing;

public sealed class ProbeTargetTests
{
    [Theory]
    [InlineData("app.example.com:80", "10.0.0.1:80", 0, "app.example.com")]
    [InlineData("my_app:8080", "10.0.0.1:8080", 0, "my_app:8080")]
    [InlineData("app.example.com:80", "10.0.0.1:80", 8008, "app.example.com:8008")]
    [InlineData("app.example.com:8080", "10.0.0.1:8080", 80, "app.example.com")]
    [InlineData("10.0.0.1:80", "10.0.0.1:80", 0, "10.0.0.1")]
    [InlineData("10.0.0.1:9001", "10.0.0.1:9001", 0, "10.0.0.1:9001")]
    [InlineData("[::1]:80", "[::1]:80", 0, "[::1]")]
    [InlineData("[0:0:0:0:0:0:0:1]:81", "[::1]:81", 0, "[::1]:81")]
    [InlineData("[fe80::1%1]:81", "[fe80::1%1]:81", 0, "[fe80::1]:81")]
    [InlineData("", "[fe80::1%1]:81", 0, "[fe80::1]:81")]
    public void A_backend_is_called_by_its_name_and_the_port_that_is_asked(string address, string endPoint, int port, string authority)
    {
        var backend = new Backend("app", "b1", IPEndPoint.Parse(endPoint), 0, 1, 0) { Address = address };

        var target = ProbeTarget.Of(backend, backend.EndPoint, Configs.Pool.Health with { Port = port });

        Assert.Equal(authority, target.Authority);
        Assert.Equal((backend.EndPoint.Address, port == 0 ? backend.EndPoint.Port : port), (target.EndPoint.Address, target.EndPoint.Port));
    }
}
