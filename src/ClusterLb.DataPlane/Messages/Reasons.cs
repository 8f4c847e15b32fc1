namespace ClusterLb.DataPlane.Messages;

/// <summary>Why a head was refused, in the words of the log.</summary>
internal static class Reasons
{
    public const string Control = "control character, bare CR or bare LF";
    public const string EmptyLines = "more than one empty line before the message";
    public const string HeadTooLarge = "head too large";
    public const string TargetTooLong = "target too long";
    public const string TooManyHeaders = "too many headers";
    public const string RequestLine = "malformed request line";
    public const string MethodInvalid = "method is not a token";
    public const string MethodTooLong = "method too long";
    public const string MethodRefused = "method not allowed";
    public const string TargetInvalid = "malformed target";
    public const string VersionInvalid = "malformed HTTP version";
    public const string VersionUnsupported = "unsupported HTTP version";
    public const string StatusLine = "malformed status line";
    public const string NameEmpty = "empty header name or folded line";
    public const string NameInvalid = "invalid header name";
    public const string NoColon = "header without colon";
    public const string HostMissing = "no Host";
    public const string HostDuplicate = "more than one Host";
    public const string HostInvalid = "invalid Host";
    public const string HostMismatch = "Host differs from the target";
    public const string LengthInvalid = "invalid Content-Length";
    public const string LengthConflict = "conflicting Content-Length";
    public const string LengthAndEncoding = "Content-Length and Transfer-Encoding";
    public const string EncodingInvalid = "invalid Transfer-Encoding";
    public const string EncodingUnknown = "unknown transfer coding";
    public const string EncodingHttp10 = "Transfer-Encoding in HTTP/1.0";
    public const string BodyTooLarge = "body too large";
    public const string ExpectUnknown = "unknown expectation";
    public const string MaxForwardsInvalid = "invalid Max-Forwards";
    public const string ViaLoop = "own Via seen: a loop";
    public const string ViaTooLong = "too many proxies in Via";
    public const string TooManyOptions = "too many connection options";
    public const string DecidesTwice = "a header or cookie that decides where the request goes came twice, or with blanks round its =";
}
