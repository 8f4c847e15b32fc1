namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class QuotedSubstitutionsTests
{
    [Fact]
    public void A_variable_in_quotes_is_not_filled_in() => Assert.Contains(
        Warned.Lines(Warned.Sound + "clusterlb.pools.app.health.expect-body = \"${BODY}\""),
        line => line.Contains("health.expect-body: holds ${BODY} as it stands", StringComparison.Ordinal));

    [Fact]
    public void One_outside_of_them_is() =>
        Assert.Empty(Warned.Lines(Warned.Sound + "body = well\nclusterlb.pools.app.health.expect-body = all-${body}"));
}
