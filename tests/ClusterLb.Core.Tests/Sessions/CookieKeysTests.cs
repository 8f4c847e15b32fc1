using System.Text;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class CookieKeysTests
{
    private static readonly CookieKey s_one = CookieKey.FromSecret([1]);
    private static readonly CookieKey s_two = CookieKey.FromSecret([2]);
    private static readonly CookieKey s_three = CookieKey.FromSecret([3]);

    [Fact]
    public void The_first_signs_and_each_is_found_by_its_own_id()
    {
        var keys = new CookieKeys([s_two, s_one]);

        Assert.Same(s_two, keys.Signing);
        Assert.Same(s_one, keys.Find(s_one.Id));
        Assert.Same(s_two, keys.Find(s_two.Id));
        Assert.Null(keys.Find(s_three.Id));
        Assert.Null(keys.Find(s_one.Id[..^1]));
    }

    [Fact]
    public void Where_there_are_none_nothing_is_signed_or_found()
    {
        Assert.Null(CookieKeys.None.Signing);
        Assert.Null(CookieKeys.None.Find(s_one.Id));
        Assert.Empty(CookieKeys.None.Secrets);
        Assert.Equal(0UL, CookieKeys.None.Digest);
        Assert.Same(CookieKeys.None, new CookieKeysHolder().Current);
    }

    [Fact]
    public void Nodes_see_by_the_digest_whether_they_have_the_same_ones_whatever_the_order()
    {
        Assert.Equal(new CookieKeys([s_one, s_two, s_three]).Digest, new CookieKeys([s_three, s_one, s_two]).Digest);
        CookieKey[][] others = [[], [s_one], [s_two], [s_one, s_two], [s_one, s_three], [s_one, s_two, s_three]];
        Assert.Equal(others.Length, others.Select(keys => new CookieKeys(keys).Digest).Distinct().Count());
    }

    [Fact]
    public void Agreed_secrets_are_the_same_keys_in_the_same_order_on_every_node_in_whatever_order_they_came()
    {
        string[] secrets = [s_one.Text, s_two.Text, s_three.Text];
        var keys = CookieKeys.OfSecrets([.. secrets.Reverse(), s_two.Text]);

        Assert.Equal(secrets.Order(StringComparer.Ordinal), keys.Secrets);
        Assert.Equal(keys.Secrets, CookieKeys.OfSecrets(secrets).Secrets);
        Assert.Equal(keys.Signing!.Name, CookieKeys.OfSecrets(secrets).Signing!.Name);
    }

    [Fact]
    public void The_same_secret_has_the_same_name_everywhere_and_passes_from_node_to_node_as_text()
    {
        var made = CookieKey.Generate();
        var told = CookieKeys.OfSecrets([made.Text]).Signing!;

        Assert.Equal((made.Name, made.Text), (told.Name, told.Text));
        Assert.Equal(32, Convert.FromBase64String(made.Text).Length);
        Assert.NotEqual(made.Text, CookieKey.Generate().Text);
        // The first digits of the SHA-256 of "abc" (FIPS 180-4).
        Assert.Equal("ba7816bf", CookieKey.FromSecret("abc"u8.ToArray()).Name);
        Assert.Equal("ba7816bf", Encoding.ASCII.GetString(CookieKey.FromSecret("abc"u8.ToArray()).Id));
    }
}
