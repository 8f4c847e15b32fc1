
namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// Whether caches that many clients share may keep a response because it says so (RFC 9111 section 3, RFC 9213 section 3.1): a client's own
/// cookie on it would be handed to all of them. Heuristic freshness is none of ours: a response that says nothing of caching is as
/// uncertain as the application made it.
/// </summary>
internal static class SharedCaching
{
    /// <param name="nowSeconds">Unix.</param>
    public static bool MayKeep(int status, HeaderTable headers, long nowSeconds)
    {
        // It renews what a cache has, cookies included.
        if (status == 304) return true;
        if (status < 200) return false;
        var directives = default(Directives);
        var (isTargeted, expires) = (false, false);
        foreach (ref readonly var entry in headers.Entries)
        {
            var value = entry.Value.Of(headers.Bytes);
            if (entry.Known == KnownHeader.CacheControl)
            {
                directives.Read(value);
            }
            else if (entry.Known == KnownHeader.TargetedCacheControl)
            {
                var targeted = default(Directives);
                targeted.Read(value);
                isTargeted |= targeted.MayKeep;
            }
            else if (entry.Known == KnownHeader.Expires)
            {
                expires = CookieDate.TryParse(value, out var until) && until > nowSeconds;
            }
        }

        return isTargeted || directives.MayKeep || (expires && directives is { IsClosed: false, HasAge: false });
    }

    private struct Directives
    {
        private bool _isOpen;

        /// <summary>Shared caches must not.</summary>
        public bool IsClosed { get; private set; }

        /// <summary>Says how long it is fresh, whatever <c>Expires</c> says.</summary>
        public bool HasAge { get; private set; }

        public readonly bool MayKeep => _isOpen && !IsClosed;

        public void Read(ReadOnlySpan<byte> list)
        {
            while (!list.IsEmpty)
            {
                var end = Quoted.IndexOf(list, (byte)',');
                var directive = (end < 0 ? list : list[..end]).Trim(" \t"u8);
                list = end < 0 ? default : list[(end + 1)..];
                var equals = directive.IndexOf((byte)'=');
                var name = equals < 0 ? directive : directive[..equals];
                if (Grammar.EqualsIgnoreCase(name, "private"u8) || Grammar.EqualsIgnoreCase(name, "no-store"u8)) IsClosed = true;
                else if (Grammar.EqualsIgnoreCase(name, "public"u8)) _isOpen = true;
                else if (Grammar.EqualsIgnoreCase(name, "max-age"u8) || Grammar.EqualsIgnoreCase(name, "s-maxage"u8))
                    ReadAge(equals < 0 ? default : Quoted.Open(directive[(equals + 1)..]));
            }
        }

        /// <summary>What is stale at once is asked for anew each time.</summary>
        private void ReadAge(ReadOnlySpan<byte> age)
        {
            HasAge = true;
            _isOpen |= age.ContainsAnyExcept((byte)'0');
        }
    }
}
