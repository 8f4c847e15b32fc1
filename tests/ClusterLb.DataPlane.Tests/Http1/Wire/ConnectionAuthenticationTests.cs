using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class ConnectionAuthenticationTests
{
    [Theory]
    [InlineData("Authorization: NTLM TlRMTVNTUAAB", "A: b", true)]
    [InlineData("authorization: negotiate YII=", "A: b", true)]
    [InlineData("A: b", "WWW-Authenticate: Negotiate", true)]
    [InlineData("A: b", "www-authenticate: Basic realm=\"x\", NTLM", true)]
    [InlineData("A: b", "WWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: NTLM\t", true)]
    [InlineData("Authorization: Basic bnRsbQ==", "WWW-Authenticate: Basic realm=\"NTLM\"", false)]
    [InlineData("Authorization: NTLMv3 x", "WWW-Authenticate: NegotiateNot", false)]
    [InlineData("X: NTLM", "X: Negotiate", false)]
    [InlineData("Authorization: ", "WWW-Authenticate: ", false)]
    public void Schemes_that_authenticate_a_connection_are_recognised(string requestLine, string responseLine, bool expected)
    {
        var (request, response) = (RequestTexts.Get(requestLine), ResponseTexts.Ok(responseLine));

        Assert.Equal(expected, ConnectionAuthentication.IsInvolved(RequestTexts.Accept(request).Request.Headers,
            ResponseTexts.Accept(response).Response.Headers));
    }
}
