using System.Text.RegularExpressions;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads <c>sticky { ... }</c>, the cluster's and each pool's.</summary>
internal static partial class StickyReader
{
    /// <summary>Of our cookie.</summary>
    private const string DefaultName = "SERVERID";

    private const int LeastSecret = 16;

    public static SessionsConfig Read(ConfigurationSection section, ConfigurationNode keyDefaults)
    {
        var sessions = new SessionsConfig
        {
            Keys = section.Blocks("keys", keyDefaults).Select(key => ReadKey(key.Section)).ToEquatableList(),
            Capacity = section.Integer("capacity", 1_000, 100_000_000),
            NewPerClient = section.Integer("new-per-client", 0, 1_000_000),
            LookupTimeout = section.Duration("lookup-timeout", "1ms", "1s"),
            LearnTimeout = section.Duration("learn-timeout", "1ms", "1s"),
            MoveTimeout = section.Duration("move-timeout", "1ms", "10s"),
        };
        foreach (var twice in sessions.Keys.GroupBy(key => key.Id).Where(group => group.Count() > 1))
            section.Report("keys", $"id \"{twice.Key}\" is in it twice; each key needs one of its own");
        section.RejectUnknown();
        return sessions;
    }

    public static StickyConfig ReadOfPool(ConfigurationSection section)
    {
        var sticky = new StickyConfig
        {
            By = section.Choice(
                "by",
                ("none", StickyBy.None), ("cookie", StickyBy.Cookie), ("app-cookie", StickyBy.AppCookie), ("header", StickyBy.Header),
                    ("source-ip", StickyBy.SourceIp)),
            Name = section.Text("name") is { Length: > 0 } name ? name : DefaultName,
            Ttl = section.Duration("ttl", "1s", "8760h"),
            Cookie = ReadCookie(section.Child("cookie")),
        };
        if (section.Text("name").Length == 0 && sticky.By is StickyBy.Header)
            section.Report("name", "is missing; it must be the header that tells clients apart, such as X-User");
        if (section.Text("name").Length == 0 && sticky.By is StickyBy.AppCookie)
            section.Report("name", "is missing; it must be the application's cookie, such as JSESSIONID");
        if (!TokenPattern().IsMatch(sticky.Name))
        {
            section.Report("name", $"\"{sticky.Name}\" cannot be the name of a cookie or header; use 1 to 64 letters, digits and "
                + $"!#$%&'*+-.^_`|~");
        }

        section.RejectUnknown();
        return sticky;
    }

    private static StickyCookieConfig ReadCookie(ConfigurationSection section)
    {
        var cookie = new StickyCookieConfig
        {
            Domain = section.Text("domain"),
            Path = section.Text("path"),
            Secure = section.Choice("secure", ("auto", CookieSecure.Auto), ("always", CookieSecure.Always), ("never", CookieSecure.Never)),
            SameSite = section.Choice("same-site", ("lax", CookieSameSite.Lax), ("strict", CookieSameSite.Strict),
                ("none", CookieSameSite.None), ("unset", CookieSameSite.Unset)),
            HttpOnly = section.Flag("http-only"),
            MaxAge = section.Duration("max-age", "0s", "8760h"),
            Strip = section.Flag("strip"),
            OnCacheable = section.Choice("on-cacheable", ("skip", CookieOnCacheable.Skip), ("private", CookieOnCacheable.Private)),
        };
        if (cookie.Domain.Length > 0 && !DomainPattern().IsMatch(cookie.Domain))
            section.Report("domain", $"\"{cookie.Domain}\" is no domain; it must be such as example.com");
        if (!PathPattern().IsMatch(cookie.Path))
        {
            section.Report("path", $"\"{cookie.Path}\" is no path; it must begin with / and hold neither ; nor blanks, 128 characters at "
                + $"most");
        }

        if (cookie.SameSite == CookieSameSite.None && cookie.Secure == CookieSecure.Never)
            section.Report("secure", "is never, but browsers drop a cookie with same-site = none that is not secure");
        section.RejectUnknown();
        return cookie;
    }

    private static CookieKeyConfig ReadKey(ConfigurationSection section)
    {
        var key = new CookieKeyConfig(section.Text("id"), section.Secret("secret", out var file)) { SecretFile = file };
        if (!KeyIdPattern().IsMatch(key.Id) || key.Id.Length > CookieKey.MaxIdLength)
            section.Report("id", $"is no id; use 1 to {CookieKey.MaxIdLength} letters, digits, - or _");
        if (key.Secret.Plain.Length < LeastSecret)
        {
            section.Report(
                "secret", $"is {key.Secret.Plain.Length} characters long; it must have {LeastSecret} or more, such as the output of: "
                    + $"openssl rand -hex 32");
        }

        section.RejectUnknown();
        return key;
    }

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")]
    private static partial Regex TokenPattern();

    [GeneratedRegex(@"^\.?[A-Za-z0-9.-]{1,253}$")]
    private static partial Regex DomainPattern();

    [GeneratedRegex(@"^/[!-:<-~]{0,127}$")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_-]+$")]
    private static partial Regex KeyIdPattern();
}
