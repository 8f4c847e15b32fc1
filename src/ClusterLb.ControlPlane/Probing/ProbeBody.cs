using System.Buffers.Text;
using System.Text;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>
/// The first 64 KiB of a response's body (RFC 9112 sections 6 and 7) without its framing, as they come. Used by one thread.
/// </summary>
internal sealed class ProbeBody
{
    private const int Most = 64 * 1024;

    /// <summary>A chunk's size with its extensions; longer is nobody's.</summary>
    private const int MostLine = 4 * 1024;

    private readonly bool _isChunked;
    private byte[] _seen = new byte[4 * 1024];
    private int _length;
    private int _searched;

    /// <summary>To come of the body, or of the chunk; -1 behind a chunk, whose line end is to come.</summary>
    private long _left;

    private ProbeBody(bool isChunked, long left, bool endsByClose) =>
        (_isChunked, _left, EndsByClose, IsWhole) = (isChunked, left, endsByClose, !isChunked && left == 0);

    /// <summary>There is no other way to tell its end.</summary>
    public bool EndsByClose { get; }

    public bool IsWhole { get; private set; }

    /// <summary>Its chunks are none.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>More of it is not looked at.</summary>
    public bool IsFull => _length == Most;

    public ReadOnlySpan<byte> Seen => _seen.AsSpan(0, _length);

    /// <param name="head">Status line, fields and the empty line.</param>
    /// <returns>Null when the length that it tells is no number.</returns>
    public static ProbeBody? Of(ReadOnlySpan<byte> head, int status)
    {
        if (status is 204 or 304) return new ProbeBody(false, 0, false);
        var (isChunked, length) = (false, (long?)null);
        foreach (var line in Encoding.Latin1.GetString(head).Split('\n').Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var value = line[(colon + 1)..].Trim();
            if (line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase))
                isChunked = value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
            else if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = long.TryParse(value, System.Globalization.NumberStyles.None, null, out var told) ? told : -1;
        }

        if (isChunked) return new ProbeBody(true, 0, false);
        return length < 0 ? null : new ProbeBody(false, length ?? long.MaxValue, length is null);
    }

    /// <summary>Takes what it can.</summary>
    /// <returns>How much that was.</returns>
    public int Take(ReadOnlySpan<byte> received)
    {
        var rest = received;
        while (!rest.IsEmpty && !IsWhole && !IsBroken && !IsFull)
        {
            if (_left <= 0 && !TryTakeSize(ref rest)) break;
            if (_left > 0) TakeContent(ref rest);
        }

        return received.Length - rest.Length;
    }

    /// <summary>Looks only at what it has not looked at yet: a body may come byte by byte.</summary>
    public bool Has(ReadOnlySpan<byte> text)
    {
        var from = Math.Max(0, _searched - text.Length + 1);
        _searched = _length;
        return Seen[from..].IndexOf(text) >= 0;
    }

    private void TakeContent(ref ReadOnlySpan<byte> rest)
    {
        var now = (int)Math.Min(Math.Min(_left, rest.Length), Most - _length);
        if (_seen.Length < _length + now) Array.Resize(ref _seen, Math.Min(Most, Math.Max(_seen.Length * 4, _length + now)));
        rest[..now].CopyTo(_seen.AsSpan(_length));
        rest = rest[now..];
        _length += now;
        _left -= now;
        if (_left > 0) return;
        IsWhole = !_isChunked;
        _left = -1;
    }

    /// <summary>A chunk's size, or the line end behind a chunk.</summary>
    /// <returns>False while the line is not whole, or when it is none.</returns>
    private bool TryTakeSize(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            IsBroken = rest.Length > MostLine;
            return false;
        }

        var line = rest[..end].TrimEnd((byte)'\r');
        rest = rest[(end + 1)..];
        if (_left < 0)
        {
            _left = 0;
            IsBroken = !line.IsEmpty;
            return !IsBroken;
        }

        IsBroken = !Utf8Parser.TryParse(line, out _left, out var read, 'x') || _left < 0
            || (read < line.Length && line[read] is not ((byte)';' or (byte)' ' or (byte)'\t'));
        IsWhole = !IsBroken && _left == 0;
        return !IsBroken;
    }
}
