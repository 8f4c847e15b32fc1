using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>What the proxy says itself: short, plain, without an address; encoded once.</summary>
internal static class ErrorResponses
{
    private static readonly FrozenDictionary<int, Forms> s_forms = new (int Status, string Reason, string Extra)[]
    {
        (200, "OK", "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"),
        (400, "Bad Request", ""),
        (404, "Not Found", ""),
        (405, "Method Not Allowed", "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"),
        (408, "Request Timeout", ""),
        (413, "Content Too Large", ""),
        (414, "URI Too Long", ""),
        (417, "Expectation Failed", ""),
        (421, "Misdirected Request", ""),
        (431, "Request Header Fields Too Large", ""),
        (501, "Not Implemented", ""),
        (502, "Bad Gateway", ""),
        (503, "Service Unavailable", "Retry-After: 1\r\n"),
        (504, "Gateway Timeout", ""),
        (505, "HTTP Version Not Supported", ""),
        (508, "Loop Detected", ""),
    }.ToFrozenDictionary(form => form.Status, form => new Forms(form.Status, form.Reason, form.Extra));

    /// <param name="status">One that the proxy gives; another is a bug.</param>
    /// <param name="close">Whether this is the connection's last response.</param>
    /// <param name="head">A response to HEAD: the same head without the body.</param>
    public static ReadOnlyMemory<byte> Get(int status, bool close, bool head)
    {
        var forms = s_forms[status];
        var form = close ? forms.Close : forms.Keep;
        return head ? form.AsMemory(0, form.Length - forms.BodyLength) : form;
    }

    private sealed class Forms
    {
        public Forms(int status, string reason, string extra)
        {
            var body = status == 200 ? "" : string.Create(CultureInfo.InvariantCulture, $"{status} {reason}\n");
            BodyLength = body.Length;
            Keep = Encode(status, reason, extra, body);
            Close = Encode(status, reason, extra + "Connection: close\r\n", body);
        }

        public byte[] Keep { get; }

        public byte[] Close { get; }

        public int BodyLength { get; }

        private static byte[] Encode(int status, string reason, string fields, string body) => Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n{fields}\r\n{body}"));
    }
}
