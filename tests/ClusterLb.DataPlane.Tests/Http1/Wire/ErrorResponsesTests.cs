using ClusterLb.DataPlane.Http1.Wire;
using Method = ClusterLb.DataPlane.Messages.HttpMethod;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class ErrorResponsesTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(408)]
    [InlineData(411)]
    [InlineData(413)]
    [InlineData(414)]
    [InlineData(417)]
    [InlineData(421)]
    [InlineData(429)]
    [InlineData(431)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(505)]
    [InlineData(508)]
    public void Every_answer_is_a_valid_response_in_all_forms(int status)
    {
        foreach (var close in new[] { false, true })
        {
            var whole = RequestTexts.Text(ErrorResponses.Get(status, close, head: false).Span);
            var head = ResponseTexts.Accept(whole);
            Assert.Equal((status, !close), (head.Response.Status, head.KeepAlive));
            Assert.Equal(whole.Length, head.Length + head.Response.Body.Length);
            var bodyless = RequestTexts.Text(ErrorResponses.Get(status, close, head: true).Span);
            Assert.Equal(whole[..head.Length], bodyless);
            Assert.Equal(head.Response.Body.Length, ResponseTexts.Accept(bodyless, Method.Head).Response.DescribedLength);
        }
    }

    [Theory]
    [InlineData(503, "Retry-After: 1")]
    [InlineData(405, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    [InlineData(200, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    [InlineData(502, "Cache-Control: no-store")]
    public void Answers_say_what_their_status_asks_for(int status, string line) =>
        Assert.Contains($"\r\n{line}\r\n", RequestTexts.Text(ErrorResponses.Get(status, close: false, head: false).Span),
            StringComparison.Ordinal);

    [Fact]
    public void An_answer_carries_the_date_it_is_given()
    {
        Span<byte> destination = new byte[500];
        var written = ErrorResponses.Write(destination, 404, close: true, head: false, "Date: now\r\n"u8);
        Assert.Equal(
            "HTTP/1.1 404 Not Found\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 14\r\nCache-Control: no-store\r\n"
                + "Connection: close\r\n\r\n404 Not Found\n",
            RequestTexts.Text(destination[..written]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(599)]
    [InlineData(600)]
    [InlineData(int.MaxValue)]
    public void Status_without_an_answer_is_answered_as_500(int status) =>
        Assert.Equal(ErrorResponses.Get(500, true, false), ErrorResponses.Get(status, true, false));
}
