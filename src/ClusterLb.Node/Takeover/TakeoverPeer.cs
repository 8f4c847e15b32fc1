using System.Globalization;
using ClusterLb.ControlPlane.Remoting;

namespace ClusterLb.Node.Takeover;

/// <summary>Who may be at the other end of a takeover socket.</summary>
internal static class TakeoverPeer
{
    /// <exception cref="TakeoverException">Another user's process.</exception>
    public static void Check((int Process, uint User) peer, string path)
    {
        if (peer.User == UnixFile.ThisUser) return;
        throw new TakeoverException(string.Create(CultureInfo.InvariantCulture,
            $"process {peer.Process} at {path} is user {peer.User}'s, and this one is user {UnixFile.ThisUser}'s: both must be the same"));
    }
}
