using ClusterLb.DataPlane.Http.Wire;

namespace ClusterLb.DataPlane.Tests.Http.Wire;

/// <summary>Responses as text, one byte per character.</summary>
internal static class Responses
{
    public static string Ok(params string[] lines) => With("HTTP/1.1 200 OK", lines);

    public static string With(string statusLine, params string[] lines) => Requests.With(statusLine, lines);

    public static (HeadStatus Status, ResponseHead Head) Parse(string text, DataPlane.Http.Wire.HttpMethod method = DataPlane.Http.Wire.HttpMethod.Get)
    {
        var head = new ResponseHead();
        return (head.Parse(Requests.Bytes(text), method), head);
    }

    public static ResponseHead Accept(string text, DataPlane.Http.Wire.HttpMethod method = DataPlane.Http.Wire.HttpMethod.Get)
    {
        var (status, head) = Parse(text, method);
        Assert.True(status == HeadStatus.Complete, $"{status}: {head.RefusalReason}");
        return head;
    }
}
