using System.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>The methods whose meaning a proxy must know (RFC 9110, 9).</summary>
internal enum HttpMethod
{
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Options,
    Trace,
    Patch,
    Connect,
}

internal static class HttpMethods
{
    /// <summary>Methods are case-sensitive (RFC 9110, 9.1): <c>get</c> is not <c>GET</c>.</summary>
    public static HttpMethod Parse(ReadOnlySpan<byte> text) => text.Length switch
    {
        3 when text.SequenceEqual("GET"u8) => HttpMethod.Get,
        3 when text.SequenceEqual("PUT"u8) => HttpMethod.Put,
        4 when text.SequenceEqual("POST"u8) => HttpMethod.Post,
        4 when text.SequenceEqual("HEAD"u8) => HttpMethod.Head,
        5 when text.SequenceEqual("PATCH"u8) => HttpMethod.Patch,
        5 when text.SequenceEqual("TRACE"u8) => HttpMethod.Trace,
        6 when text.SequenceEqual("DELETE"u8) => HttpMethod.Delete,
        7 when text.SequenceEqual("OPTIONS"u8) => HttpMethod.Options,
        7 when text.SequenceEqual("CONNECT"u8) => HttpMethod.Connect,
        _ => HttpMethod.Other,
    };

    /// <summary>RFC 9110, 9.2.2. An unknown method is taken for one that is not.</summary>
    public static bool IsIdempotent(this HttpMethod method) =>
        method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Put or HttpMethod.Delete or HttpMethod.Options or HttpMethod.Trace;

    /// <summary>True when a backend would read the text as CONNECT or TRACE, case ignored: those never pass.</summary>
    public static bool LooksForbidden(ReadOnlySpan<byte> text) => Ascii.EqualsIgnoreCase(text, "CONNECT"u8) || Ascii.EqualsIgnoreCase(text, "TRACE"u8);
}
