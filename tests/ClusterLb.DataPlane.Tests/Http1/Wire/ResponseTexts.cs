using ClusterLb.DataPlane.Http1.Wire;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

/// <summary>Responses as text, one byte per character.</summary>
internal static class ResponseTexts
{
    public static string Ok(params string[] lines) => With("HTTP/1.1 200 OK", lines);

    public static string With(string statusLine, params string[] lines) => RequestTexts.With(statusLine, lines);

    public static (HeadStatus Status, ResponseHeadReader Head) Parse(string text,
        DataPlane.Messages.HttpMethod method = DataPlane.Messages.HttpMethod.Get)
    {
        var head = new ResponseHeadReader();
        return (head.Read(RequestTexts.Bytes(text), method), head);
    }

    public static ResponseHeadReader Accept(string text, DataPlane.Messages.HttpMethod method = DataPlane.Messages.HttpMethod.Get)
    {
        var (status, head) = Parse(text, method);
        Assert.True(status == HeadStatus.Complete, $"{status}: {head.RefusalReason}");
        return head;
    }
}
