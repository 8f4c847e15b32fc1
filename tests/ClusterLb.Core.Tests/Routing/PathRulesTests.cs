using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;

namespace ClusterLb.Core.Tests.Routing;

public sealed class PathRulesTests
{
    private static readonly PathRules s_normalise = new(PathForm.Normalise, MergesSlashes: false);
    private static readonly PathRules s_merging = new(PathForm.Normalise, MergesSlashes: true);
    private static readonly PathRules s_strict = new(PathForm.Strict, MergesSlashes: false);

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b.css", "/a/b.css")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/a/...", "/a/...")]
    [InlineData("/%41%7a%2d%5F%7E", "/Az-_~")]
    [InlineData("/%c3%a9%2fx%5cy", "/%C3%A9%2Fx%5Cy")]
    [InlineData("/%2541", "/%2541")]
    [InlineData("/public/../admin", "/admin")]
    [InlineData("/public/%2e%2e/admin", "/admin")]
    [InlineData("/public/.%2E/admin", "/admin")]
    [InlineData("/public/./%2e/x", "/public/x")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/..a/b..", "/..a/b..")]
    [InlineData("/a/..", "/")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("//a", "//a")]
    [InlineData("/a/;x/y;v=1", "/a/;x/y;v=1")]
    [InlineData("/a%2Fb\\c", "/a%2Fb\\c")]
    [InlineData("/a%20.%20b/.%20c", "/a%20.%20b/.%20c")]
    public void Has_one_form(string received, string form) => Assert.Equal((form, null), Apply(s_normalise, received));

    [Theory]
    [InlineData("/..", PathRules.AboveRoot)]
    [InlineData("/../x", PathRules.AboveRoot)]
    [InlineData("/a/../../x", PathRules.AboveRoot)]
    [InlineData("/%2e%2e/x", PathRules.AboveRoot)]
    [InlineData("/public/..%2fadmin", PathRules.HiddenDots)]
    [InlineData("/public/%2e%2e%2Fadmin", PathRules.HiddenDots)]
    [InlineData("/public/..%5cadmin", PathRules.HiddenDots)]
    [InlineData("/public/..\\admin", PathRules.HiddenDots)]
    [InlineData("/public/x%2f..%2f..%2fadmin", PathRules.HiddenDots)]
    [InlineData("/public/x%2f.", PathRules.HiddenDots)]
    [InlineData("/public/..;/admin", PathRules.HiddenDots)]
    [InlineData("/public/..;a=b/admin", PathRules.HiddenDots)]
    [InlineData("/public/..%3b/admin", PathRules.HiddenDots)]
    [InlineData("/public/..%00/admin", PathRules.HiddenDots)]
    [InlineData("/public/.;/x", PathRules.HiddenDots)]
    [InlineData("/%", PathRules.BadEncoding)]
    [InlineData("/%4", PathRules.BadEncoding)]
    [InlineData("/%4/x", PathRules.BadEncoding)]
    [InlineData("/%g1", PathRules.BadEncoding)]
    [InlineData("/%u002e", PathRules.BadEncoding)]
    public void Is_refused_when_servers_would_read_it_differently(string received, string refusal) =>
        Assert.Equal(refusal, Apply(s_normalise, received).Refusal);

    [Theory]
    [InlineData("//a///b//", "/a/b/")]
    [InlineData("/a//../b", "/b")]
    [InlineData("//..//x", null)]
    public void Merges_slashes_when_asked(string received, string? form) => Assert.Equal(form, Apply(s_merging, received).Form);

    [Theory]
    [InlineData("/a%2Fb")]
    [InlineData("/a%5cb")]
    [InlineData("/a%2eb")]
    [InlineData("/a%00")]
    [InlineData("/a\\b")]
    [InlineData("/a/./b")]
    [InlineData("/a/../b")]
    [InlineData("/a/..")]
    [InlineData("/a//b")]
    [InlineData("//a")]
    [InlineData("//a%41")]
    [InlineData("/..;/a")]
    public void Strict_refuses_what_could_be_written_otherwise(string received) =>
        Assert.Equal(PathRules.NotStrict, Apply(s_strict, received).Refusal);

    [Theory]
    [InlineData("/a.b/.c/%41%c3", "/a.b/.c/A%C3")]
    [InlineData("/a/...", "/a/...")]
    public void Strict_lets_through_the_rest_in_one_form(string received, string form) =>
        Assert.Equal((form, null), Apply(s_strict, received));

    [Theory]
    [InlineData("/a/../%2e%zz//b", "/a/../%2e%zz//b")]
    public void Raw_is_as_received(string received, string form) =>
        Assert.Equal((form, null), Apply(new PathRules(PathForm.Raw, MergesSlashes: false), received));

    [Fact]
    public void Raw_can_merge_slashes_too() =>
        Assert.Equal(("/a/../b", null), Apply(new PathRules(PathForm.Raw, MergesSlashes: true), "/a//..///b"));

    /// <summary>
    /// The oracle is a server that decodes everything twice over, reads both slashes alike, cuts parameters off and then climbs.
    /// </summary>
    [Fact]
    public void A_lenient_server_never_climbs_out_of_a_path_in_form()
    {
        string[] parts = ["/", "..", ".", "%2e", "%2E%2e", "%2f", "%5C", "\\", ";", "%3b", "a", "b;c", "//", "%00", "%41"];
        var random = new Random(12);
        for (var i = 0; i < 50_000; i++)
        {
            var received = "/" + string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)]));
            foreach (var rules in new[] { s_normalise, s_merging, s_strict })
            {
                var (form, refusal) = Apply(rules, received);
                if (refusal is not null) continue;
                Assert.Equal((form, null), Apply(rules, form!));
                Assert.True(form!.Length <= received.Length, received);
                var names = Uri.UnescapeDataString(form).Replace('\\', '/').Split('/').Select(segment => segment.Split(';', '\0')[0]);
                Assert.DoesNotContain(names, name => name is "." or "..");
            }
        }
    }

    private static (string? Form, string? Refusal) Apply(PathRules rules, string path)
    {
        var bytes = Encoding.Latin1.GetBytes(path);
        var refusal = rules.Apply(bytes, out var length);
        return refusal is null ? (Encoding.Latin1.GetString(bytes, 0, length), null) : (null, refusal);
    }
}
