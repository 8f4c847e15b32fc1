using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads <c>host:port</c> as operators write it.</summary>
internal static class EndPoints
{
    /// <summary>
    /// An address to bind: an IP address, <c>[IPv6]</c>, <c>*</c> or <c>localhost</c>, and a port. Null and why when it is none.
    /// </summary>
    public static IPEndPoint? ParseBind(string text, out string problem)
    {
        if (!TrySplit(text, minPort: 0, out var host, out var port, out _))
        {
            const string legal = "it must be ADDRESS:PORT, *:PORT or [IPV6]:PORT with a port from 0 to 65535";
            problem = text.Length == 0 ? $"is missing; {legal}" : $"is \"{text}\"; {legal}";
            return null;
        }

        var address = host switch { "*" => IPAddress.Any, "localhost" => IPAddress.Loopback, _ => ParseLiteral(host) };
        problem = $"\"{host}\" is not an IP address of this machine; use 0.0.0.0 or * for all, 127.0.0.1 or localhost for loopback";
        return address is null ? null : new IPEndPoint(address, port);
    }

    /// <summary>A backend's address, or the name that stands for it, which is looked up later. Null and why when it is none.</summary>
    /// <returns>
    /// The addresses, the first of which is the server's; the name, if it must be looked up, with <see cref="IPAddress.None"/>.
    /// </returns>
    public static (string Name, IReadOnlyList<IPEndPoint> Addresses)? ParseBackend(string text, out string problem)
    {
        if (!TrySplit(text, minPort: 1, out var host, out var port, out problem)) return null;
        if (ParseLiteral(host) is { } literal) return ("", [new IPEndPoint(literal, port)]);
        problem = $"\"{host}\" is neither a host name nor an IP address written in full; such as app.example.com, 10.0.0.1 or [::1]";
        if (host.StartsWith('[') || IPAddress.TryParse(host, out _) || Uri.CheckHostName(host) != UriHostNameType.Dns) return null;
        // Nobody has to be asked for it (RFC 6761, section 6.3).
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            ? ("", [new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.IPv6Loopback, port)])
            : (host, [new IPEndPoint(IPAddress.None, port)]);
    }

    /// <summary>A name server: an IP address, with port 53 where it says none. Null when it is none.</summary>
    public static IPEndPoint? ParseNameServer(string text)
    {
        if (TrySplit(text, minPort: 1, out var host, out var port, out _))
            return ParseLiteral(host) is { } address ? new IPEndPoint(address, port) : null;
        var hasPort = text.Contains(':') && !text.EndsWith(']');
        return !hasPort && ParseLiteral(text) is { } alone ? new IPEndPoint(alone, 53) : null;
    }

    /// <summary>One machine: <c>a.b.c.d</c>, or IPv6 with or without brackets. Null when it is none.</summary>
    public static IPAddress? ParseAddress(string text) =>
        ParseLiteral(text.Contains(':') && !text.StartsWith('[') ? $"[{text}]" : text);

    /// <summary>
    /// Only <c>a.b.c.d</c> and <c>[IPv6]</c>: the library also takes <c>127.1</c> and reads <c>010.0.0.1</c> as octal. An IPv4 address that
    /// is written as IPv6 is the IPv4 address.
    /// </summary>
    private static IPAddress? ParseLiteral(string host)
    {
        if (!IPAddress.TryParse(host, out var address)) return null;
        if (address.AddressFamily == AddressFamily.InterNetwork) return address.ToString() == host ? address : null;
        if (!host.StartsWith('[')) return null;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static bool TrySplit(string text, int minPort, out string host, out int port, out string problem)
    {
        problem = text.Length == 0
            ? "is missing; it must be HOST:PORT"
            : $"is \"{text}\"; it must be HOST:PORT with a port from {minPort} to 65535, or [IPV6]:PORT";
        var colon = text.LastIndexOf(':');
        port = -1;
        host = colon > 0 ? text[..colon] : "";
        if (host.Length == 0 || (host.Contains(':') && !(host.StartsWith('[') && host.EndsWith(']')))) return false;
        return int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port >= minPort
            && port <= 65535;
    }
}
