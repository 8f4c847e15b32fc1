namespace ClusterLb.Node.Dns.Zones;

/// <summary>
/// The version of the zone, for secondaries (RFC 1912, section 2.2): a clock after Lamport. Who sees a change counts on from the highest
/// that any node told, and never less than seconds since 1970, so that a cluster that starts anew goes on; who hears a higher one takes it.
/// So nodes that know the same have the same number.
/// </summary>
internal static class ZoneSerial
{
    /// <param name="own">The last one; 0 = none.</param>
    /// <param name="heard">The highest of the other nodes; 0 = none.</param>
    /// <param name="hasChanged">The zone says something else than it did.</param>
    /// <param name="utcSeconds">Since 1970.</param>
    public static uint Next(uint own, uint heard, bool hasChanged, uint utcSeconds)
    {
        var highest = Math.Max(own, heard);
        return hasChanged ? Math.Max(highest + 1, utcSeconds) : highest;
    }
}
