using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Http1.Wire;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

/// <summary>Requests as text, one byte per character.</summary>
internal static class RequestTexts
{
    public static readonly HttpLimits Limits = new()
    {
        HeadBytes = 16 * 1024,
        HeaderCount = 100,
        TargetBytes = 8 * 1024,
        BodyBytes = 0,
        BodyRate = 240
    };

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>A GET with the given header lines after a valid Host.</summary>
    public static string Get(params string[] lines) => With("GET / HTTP/1.1", ["Host: a", .. lines]);

    public static string Post(params string[] lines) => With("POST / HTTP/1.1", ["Host: a", .. lines]);

    public static string With(string requestLine, params string[] lines) =>
        requestLine + "\r\n" + string.Concat(lines.Select(l => l + "\r\n")) + "\r\n";

    public static RequestHeadReader Parse(string text) => Parse(text, Limits);

    public static RequestHeadReader Parse(string text, HttpLimits limits)
    {
        var head = new RequestHeadReader(limits);
        head.Read(Bytes(text));
        return head;
    }

    public static RequestHeadReader Accept(string text)
    {
        var head = new RequestHeadReader(Limits);
        var status = head.Read(Bytes(text));
        Assert.True(status == HeadStatus.Complete, $"{status}: {head.RefusalStatus} {head.RefusalReason}");
        return head;
    }

    public static HeadStatus Read(this RequestHeadReader head, byte[] received) => head.Read(received, received.Length);

    public static HeadStatus Read(this ResponseHeadReader head, byte[] received, DataPlane.Messages.HttpMethod method) =>
        head.Read(received, 0, received.Length, method);

    /// <summary>Refused with that status.</summary>
    public static void Refuse(int status, string text)
    {
        var head = new RequestHeadReader(Limits);
        Assert.Equal(HeadStatus.Refused, head.Read(Bytes(text)));
        Assert.Equal(status, head.RefusalStatus);
        Assert.NotEmpty(head.RefusalReason);
    }
}
