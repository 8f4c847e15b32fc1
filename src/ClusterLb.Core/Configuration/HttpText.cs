namespace ClusterLb.Core.Configuration;

/// <summary>
/// What may stand where in HTTP (RFC 9110), so that a configured text can never break a message or silently match nothing.
/// </summary>
public static class HttpText
{
    private static readonly string[] s_methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT"];

    /// <summary>
    /// The method that one in small letters was meant to be: they are case-sensitive (RFC 9110 section 9.1). Null when it is as it should
    /// be, or none of those that everybody knows.
    /// </summary>
    public static string? MeantMethod(string method) =>
        s_methods.FirstOrDefault(known => known != method && known.Equals(method, StringComparison.OrdinalIgnoreCase));

    /// <summary>RFC 9110 section 5.6.2: names of headers, methods and cookies.</summary>
    public static bool IsToken(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    /// <summary>Visible ASCII without spaces.</summary>
    public static bool IsVisible(string text) => text.All(c => c is > ' ' and <= '~');

    /// <summary>A request target's path: what follows ? or # never arrives in it.</summary>
    public static bool IsPath(string text) => text.StartsWith('/') && IsVisible(text) && !text.Contains('?') && !text.Contains('#');
}
