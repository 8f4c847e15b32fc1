using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// The value of our cookie: <c>v1.KEY-ID.PAYLOAD.TAG</c>, base64url (RFC 4648 section 5) without padding, at most <see cref="MaxLength"/> bytes. The tag is
/// HMAC-SHA256 (RFC 2104) over all before it, truncated to 128 bits. Allocates nothing. Any thread.
/// </summary>
public static class SessionCookie
{
    /// <summary>In bytes.</summary>
    public const int MaxLength = 3 + CookieKey.MaxIdLength + 1 + PayloadText + 1 + TagText;

    private const int PayloadLength = 8 + 8 + 4 + 4 + 4 + 4;
    private const int PayloadText = (PayloadLength * 4 + 2) / 3;
    private const int TagLength = 16;
    private const int TagText = (TagLength * 4 + 2) / 3;

    /// <summary>How far another node's clock may be ahead.</summary>
    private const uint ClockSkewSeconds = 300;

    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="claims">What it says.</param>
    /// <param name="key">The one that signs.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, in CookieClaims claims, CookieKey key)
    {
        "v1."u8.CopyTo(destination);
        key.Id.CopyTo(destination[3..]);
        var length = 3 + key.Id.Length;
        destination[length++] = (byte)'.';
        Span<byte> payload = stackalloc byte[PayloadLength];
        WritePayload(payload, claims);
        length += Base64Url.EncodeToUtf8(payload, destination[length..]);
        Span<byte> tag = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Secret, destination[..length], tag);
        destination[length++] = (byte)'.';
        return length + Base64Url.EncodeToUtf8(tag[..TagLength], destination[length..]);
    }

    /// <summary>Whether we wrote it, with a key still in force; says nothing of its age.</summary>
    public static CookieStatus Read(ReadOnlySpan<byte> value, CookieKeys keys, out CookieClaims claims)
    {
        claims = default;
        if (value.Length > MaxLength || !value.StartsWith("v1."u8)) return CookieStatus.Malformed;
        var idLength = value[3..].IndexOf((byte)'.');
        if (idLength < 1 || value.Length != 3 + idLength + 1 + PayloadText + 1 + TagText) return CookieStatus.Malformed;
        if (keys.Find(value.Slice(3, idLength)) is not { } key) return CookieStatus.UnknownKey;
        var signed = value[..(3 + idLength + 1 + PayloadText)];
        if (value[signed.Length] != '.') return CookieStatus.Malformed;

        Span<byte> tag = stackalloc byte[TagLength + 2];
        if (!TryDecode(value[(signed.Length + 1)..], tag, TagLength)) return CookieStatus.Malformed;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Secret, signed, expected);
        if (!CryptographicOperations.FixedTimeEquals(tag[..TagLength], expected[..TagLength])) return CookieStatus.Forged;

        Span<byte> payload = stackalloc byte[PayloadLength + 2];
        if (!TryDecode(signed[^PayloadText..], payload, PayloadLength)) return CookieStatus.Malformed;
        claims = ReadPayload(payload);
        return CookieStatus.Valid;
    }

    /// <summary>Whether a cookie of ours still counts in this pool.</summary>
    /// <param name="claims">Verified.</param>
    /// <param name="pool">The low 32 bits of the stable hash of the pool's name.</param>
    /// <param name="nowSeconds">Unix.</param>
    /// <param name="idleSeconds">Since it was last renewed.</param>
    /// <param name="absoluteSeconds">Since the session began; 0 = without end.</param>
    public static CookieStatus Judge(in CookieClaims claims, uint pool, uint nowSeconds, uint idleSeconds, uint absoluteSeconds)
    {
        if (claims.Pool != pool) return CookieStatus.Foreign;
        if (claims.RenewedAt > nowSeconds + ClockSkewSeconds) return CookieStatus.Expired;
        var isIdle = nowSeconds > claims.RenewedAt && nowSeconds - claims.RenewedAt >= idleSeconds;
        var isOld = absoluteSeconds != 0 && nowSeconds > claims.BeganAt && nowSeconds - claims.BeganAt >= absoluteSeconds;
        return isIdle || isOld ? CookieStatus.Expired : CookieStatus.Valid;
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> destination, int length) =>
        Base64Url.DecodeFromUtf8(text, destination, out var consumed, out var written) == System.Buffers.OperationStatus.Done
        && consumed == text.Length && written == length;

    private static void WritePayload(Span<byte> payload, in CookieClaims claims)
    {
        BinaryPrimitives.WriteUInt64BigEndian(payload, claims.Session.Value);
        BinaryPrimitives.WriteUInt64BigEndian(payload[8..], claims.Backend);
        BinaryPrimitives.WriteUInt32BigEndian(payload[16..], claims.Pool);
        BinaryPrimitives.WriteUInt32BigEndian(payload[20..], claims.Version);
        BinaryPrimitives.WriteUInt32BigEndian(payload[24..], claims.BeganAt);
        BinaryPrimitives.WriteUInt32BigEndian(payload[28..], claims.RenewedAt);
    }

    private static CookieClaims ReadPayload(ReadOnlySpan<byte> payload) => new(
        new SessionKey(BinaryPrimitives.ReadUInt64BigEndian(payload)),
        BinaryPrimitives.ReadUInt64BigEndian(payload[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(payload[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(payload[20..]),
        BinaryPrimitives.ReadUInt32BigEndian(payload[24..]),
        BinaryPrimitives.ReadUInt32BigEndian(payload[28..]));
}

/// <summary>What our cookie says.</summary>
/// <param name="Session">Random.</param>
/// <param name="Backend"><see cref="Backends.Backend.Key"/>: of its stable name, never an address.</param>
/// <param name="Pool">The low 32 bits of the stable hash of the pool's name.</param>
/// <param name="Version">As of <see cref="Binding"/>.</param>
/// <param name="BeganAt">Unix seconds.</param>
/// <param name="RenewedAt">Unix seconds.</param>
public readonly record struct CookieClaims(SessionKey Session, ulong Backend, uint Pool, uint Version, uint BeganAt, uint RenewedAt);

/// <summary>Anything but <see cref="Valid"/> is treated as if there were no cookie, and counted.</summary>
public enum CookieStatus
{
    Valid,

    /// <summary>Not of our form: cut short, too long, binary.</summary>
    Malformed,

    /// <summary>Signed with a key that is not in force, or not any more.</summary>
    UnknownKey,

    /// <summary>Its tag does not fit.</summary>
    Forged,

    /// <summary>Of another pool.</summary>
    Foreign,

    /// <summary>Not renewed in time, or too old altogether.</summary>
    Expired,
}
