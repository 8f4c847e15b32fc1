using ClusterLb.DataPlane.Tests.Http1.Wire;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Tests.Messages;

public sealed class TrailerFieldsTests
{
    [Theory]
    [InlineData("Transfer-Encoding")]
    [InlineData("Content-Length")]
    [InlineData("content_length")]
    [InlineData("Host")]
    [InlineData("Connection")]
    [InlineData("Upgrade")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Authorization")]
    [InlineData("Proxy-Authorization")]
    [InlineData("WWW-Authenticate")]
    [InlineData("Cookie")]
    [InlineData("Set-Cookie")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded-Port")]
    [InlineData("X_Forwarded_For")]
    [InlineData("X-Real-IP")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    [InlineData("Expect")]
    [InlineData("Max-Forwards")]
    [InlineData("Cache-Control")]
    [InlineData("Content-Encoding")]
    [InlineData("Content-Type")]
    [InlineData("content-RANGE")]
    [InlineData("Content-Disposition")]
    [InlineData("X-Accel-Redirect")]
    [InlineData("Proxy-Status")]
    [InlineData("Refresh")]
    [InlineData("Range")]
    [InlineData("If-Match")]
    [InlineData("Age")]
    [InlineData("Date")]
    [InlineData("Location")]
    [InlineData("Access-Control-Allow-Origin")]
    public void Fields_that_a_head_is_believed_for_are_dropped(string name) =>
        Assert.False(TrailerFields.IsAllowed(RequestTexts.Bytes(name)));

    [Theory]
    [InlineData("Grpc-Status")]
    [InlineData("X-Checksum")]
    [InlineData("Digest")]
    [InlineData("Content-Digest")]
    [InlineData("ETag")]
    [InlineData("Server-Timing")]
    public void Others_pass(string name) => Assert.True(TrailerFields.IsAllowed(RequestTexts.Bytes(name)));
}
