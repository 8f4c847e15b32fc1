namespace ClusterLb.Core.Configuration;

/// <summary>
/// What may stand where in HTTP (RFC 9110), so that a configured text can never break a message or silently match nothing.
/// </summary>
public static class HttpText
{
    /// <summary>RFC 9110 section 5.6.2: names of headers, methods and cookies.</summary>
    public static bool IsToken(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    /// <summary>Visible ASCII without spaces.</summary>
    public static bool IsVisible(string text) => text.All(c => c is > ' ' and <= '~');

    /// <summary>A request target's path: what follows ? or # never arrives in it.</summary>
    public static bool IsPath(string text) => text.StartsWith('/') && IsVisible(text) && !text.Contains('?') && !text.Contains('#');
}
