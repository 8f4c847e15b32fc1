namespace ClusterLb.Core.Routing;

/// <summary>
/// FNV-1a over 64 bits, byte by byte, so that one walk over a host or a path yields the hash of every suffix or prefix on the way.
/// Only keys from the configuration are ever stored, so a client cannot make chains.
/// </summary>
internal static class ByteHash
{
    public const ulong Start = 0xCBF29CE484222325;

    public static ulong Add(ulong hash, byte next) => (hash ^ next) * 0x100000001B3;

    public static ulong Forward(ReadOnlySpan<byte> key)
    {
        var hash = Start;
        foreach (var next in key) hash = Add(hash, next);
        return hash;
    }

    public static ulong Backward(ReadOnlySpan<byte> key)
    {
        var hash = Start;
        for (var i = key.Length - 1; i >= 0; i--) hash = Add(hash, key[i]);
        return hash;
    }
}
