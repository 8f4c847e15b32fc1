using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("GET", "/", "/", "/")]
    [InlineData("GET", "/a?b", "/a?b", "/a")]
    [InlineData("GET", "/a?b?c", "/a?b?c", "/a")]
    [InlineData("GET", "/?", "/?", "/")]
    [InlineData("GET", "//evil/x", "//evil/x", "//evil/x")]
    [InlineData("GET", "/%00%0a/..;/\\|{}^`\"<>", "/%00%0a/..;/\\|{}^`\"<>", "/%00%0a/..;/\\|{}^`\"<>")]
    [InlineData("OPTIONS", "*", "*", "*")]
    [InlineData("GET", "http://a/x?y", "/x?y", "/x")]
    [InlineData("GET", "HTTP://A/x", "/x", "/x")]
    [InlineData("GET", "http://a:80/", "/", "/")]
    [InlineData("GET", "http://a//x", "//x", "//x")]
    [InlineData("GET", "http://a", "/", "/")]
    [InlineData("GET", "http://a?q=1", "/?q=1", "/")]
    [InlineData("GET", "http://a?q=/1", "/?q=/1", "/")]
    [InlineData("OPTIONS", "http://a", "*", "*")]
    [InlineData("OPTIONS", "http://a/", "/", "/")]
    [InlineData("OPTIONS", "http://a?q", "/?q", "/")]
    public void Target_goes_upstream_in_origin_form(string method, string target, string sent, string path)
    {
        var text = With($"{method} {target} HTTP/1.1", "Host: a");
        var head = Accept(text);
        Assert.Equal(path, Text(head.Request.Path));
        Assert.StartsWith($"{method} {sent} HTTP/1.1\r\n", Forwardings.Forward(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "*")]
    [InlineData("OPTIONS", "**")]
    [InlineData("OPTIONS", "*/x")]
    [InlineData("GET", "a")]
    [InlineData("GET", "a:80")]
    [InlineData("GET", "a/b")]
    [InlineData("GET", "?q")]
    [InlineData("GET", "/a#b")]
    [InlineData("GET", "/#")]
    [InlineData("GET", "http://a/#b")]
    [InlineData("GET", "http://a#b")]
    [InlineData("GET", "/\u00E9")]
    [InlineData("GET", "http://")]
    [InlineData("GET", "http:///x")]
    [InlineData("GET", "http://?x")]
    [InlineData("GET", "http:/a/x")]
    [InlineData("GET", "http:a")]
    [InlineData("GET", "ftp://a/")]
    [InlineData("GET", "://a/")]
    [InlineData("GET", "http://u@a/")]
    [InlineData("GET", "http://u:p@a/")]
    [InlineData("GET", "http://@a/")]
    [InlineData("GET", "http://a:x/")]
    [InlineData("GET", "http://a:99999/")]
    [InlineData("GET", "http://a,b/")]
    [InlineData("GET", "http://a\\b/")]
    [InlineData("GET", "http://[::1/")]
    public void Other_forms_are_refused(string method, string target) => Refuse(400, With($"{method} {target} HTTP/1.1", "Host: a"));

    [Theory]
    [InlineData("/%2e%2e/admin")]
    [InlineData("/%41%41%zz")]
    [InlineData("/a/%2e/..%2fb")]
    public void A_path_that_is_refused_is_left_as_it_came_for_the_log(string target)
    {
        var head = Accept(Get(target));

        Assert.NotNull(head.Request.ReformPath(new PathRules(PathForm.Normalise, MergesSlashes: false)));
        Assert.Equal(target, Text(head.Request.TargetText));

        static string Get(string target) => With($"GET {target} HTTP/1.1", "Host: a");
    }
}
