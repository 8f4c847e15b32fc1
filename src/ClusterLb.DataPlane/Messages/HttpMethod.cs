namespace ClusterLb.DataPlane.Messages;

/// <summary>The methods the proxy treats differently from each other; all the rest are <see cref="Other"/> and pass as received.</summary>
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
    /// <summary>Bytes of a method; the longest one registered has 17. A longer one is 501.</summary>
    public const int MostBytes = 64;

    /// <summary>Methods are case-sensitive (RFC 9110 section 9.1).</summary>
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

    /// <summary>CONNECT and TRACE in any case: a backend that folds case must not get one either.</summary>
    public static bool IsRefused(HttpMethod method, ReadOnlySpan<byte> text) => method switch
    {
        HttpMethod.Connect or HttpMethod.Trace => true,
        HttpMethod.Other => Grammar.EqualsIgnoreCase(text, "CONNECT"u8) || Grammar.EqualsIgnoreCase(text, "TRACE"u8),
        _ => false,
    };

    /// <summary>Idempotent by RFC 9110 section 9.2.2; an unknown method is taken not to be.</summary>
    public static bool IsIdempotent(HttpMethod method) =>
        method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Put or HttpMethod.Delete or HttpMethod.Options or HttpMethod.Trace;
}
