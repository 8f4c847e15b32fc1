using System.Text;

namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>What the fields of a complete request head mean together; settled once, after the last line.</summary>
internal sealed class RequestFields
{
    private bool _close;
    private bool _keepAlive;
    private bool _upgrade;

    public Slice Host { get; private set; }

    public BodyFraming Body { get; private set; }

    public bool KeepAlive { get; private set; }

    public bool ExpectsContinue { get; private set; }

    public bool AcceptsTrailers { get; private set; }

    public int MaxForwards { get; private set; } = -1;

    public Slice UpgradeProtocol { get; private set; }

    public void Reset()
    {
        _close = _keepAlive = _upgrade = false;
        Host = UpgradeProtocol = default;
        Body = BodyFraming.None;
        KeepAlive = ExpectsContinue = AcceptsTrailers = false;
        MaxForwards = -1;
    }

    /// <summary>Null when all is well.</summary>
    public Refusal? Settle(RequestHead head, ReadOnlySpan<byte> source)
    {
        var framing = new FramingFields();
        var hosts = 0;
        var upgrades = 0;
        foreach (ref readonly var field in head.Headers.Fields)
        {
            var value = field.Value.Of(source);
            switch (field.Known)
            {
                case KnownHeader.None:
                    break;
                case KnownHeader.Host:
                    hosts++;
                    Host = field.Value;
                    break;
                case KnownHeader.ContentLength:
                    framing.AddContentLength(value);
                    break;
                case KnownHeader.TransferEncoding:
                    framing.AddTransferEncoding(value);
                    break;
                case KnownHeader.Connection:
                    ReadConnection(head.Headers, source, value);
                    break;
                case KnownHeader.Te:
                    AcceptsTrailers |= HasElement(value, "trailers"u8);
                    break;
                case KnownHeader.Upgrade:
                    upgrades++;
                    UpgradeProtocol = field.Value;
                    break;
                case KnownHeader.Expect:
                    if (!Ascii.EqualsIgnoreCase(value, "100-continue"u8)) return new Refusal(417, "unknown expectation");
                    // RFC 9110 10.1.1: from an HTTP/1.0 client it means nothing.
                    ExpectsContinue = !head.IsHttp10;
                    break;
                case KnownHeader.MaxForwards when head.Method is HttpMethod.Options or HttpMethod.Trace:
                    var hops = Grammar.ParseLength(value);
                    if (hops < 0) return new Refusal(400, "malformed Max-Forwards");
                    MaxForwards = (int)Math.Min(hops, int.MaxValue);
                    break;
            }
        }

        // A list of protocols is a negotiation this proxy takes no part in; an upgrade needs its Connection option (RFC 9110, 7.8).
        if (!_upgrade || upgrades != 1 || head.IsHttp10 || !Grammar.IsToken(UpgradeProtocol.Of(source))) UpgradeProtocol = default;
        KeepAlive = head.IsHttp10 ? _keepAlive && !_close : !_close;
        if (CheckHost(head, source, hosts) is { } refusal) return refusal;
        if (framing.Settle(head.IsHttp10, out var body) is { } framingRefusal) return framingRefusal;
        Body = body;
        if (Body.Kind == BodyKind.None) ExpectsContinue = false;
        return null;
    }

    private Refusal? CheckHost(RequestHead head, ReadOnlySpan<byte> source, int hosts)
    {
        if (hosts > 1) return new Refusal(400, "more than one Host");
        if (hosts == 0) return head.IsHttp10 ? null : new Refusal(400, "no Host");
        var host = Host.Of(source);
        if (!host.IsEmpty && Grammar.HostLength(host) < 0) return new Refusal(400, "malformed Host");
        if (head.TargetAuthority.IsEmpty) return null;
        return SameAuthority(host, head.TargetAuthority.Of(source)) ? null : new Refusal(400, "Host and request target differ");
    }

    private void ReadConnection(HeaderTable headers, ReadOnlySpan<byte> source, ReadOnlySpan<byte> value)
    {
        while (Grammar.NextElement(ref value, out var option))
        {
            if (Ascii.EqualsIgnoreCase(option, "close"u8)) _close = true;
            else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8)) _keepAlive = true;
            else if (Ascii.EqualsIgnoreCase(option, "upgrade"u8)) _upgrade = true;
            else headers.MarkForThisHop(source, option);
        }
    }

    private static bool HasElement(ReadOnlySpan<byte> list, ReadOnlySpan<byte> wanted)
    {
        while (Grammar.NextElement(ref list, out var element))
        {
            if (Ascii.EqualsIgnoreCase(element, wanted)) return true;
        }

        return false;
    }

    private static bool SameAuthority(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        Ascii.EqualsIgnoreCase(WithoutDefaultPort(one), WithoutDefaultPort(other));

    private static ReadOnlySpan<byte> WithoutDefaultPort(ReadOnlySpan<byte> authority) => authority.EndsWith(":80"u8) ? authority[..^3] : authority;
}
