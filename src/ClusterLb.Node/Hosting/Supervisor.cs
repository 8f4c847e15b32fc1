using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ClusterLb.Node.Hosting;

/// <summary>
/// Tells who started the process how far it is, where they want to know (sd_notify(3): <c>NOTIFY_SOCKET</c>). Never fails, for nothing in a
/// node depends on it.
/// </summary>
internal static class Supervisor
{
    /// <summary>It serves: whoever comes after it may start.</summary>
    public const string Ready = "READY=1";

    /// <summary>What is to be done after a drain: to leave the cluster, to write the last lines.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);

    /// <summary>It drains, as it was asked, and is not to be killed meanwhile, whatever <c>TimeoutStopSec</c> says.</summary>
    /// <param name="drain">How long that takes at most.</param>
    public static string StoppingFor(TimeSpan drain) => string.Create(
        CultureInfo.InvariantCulture, $"STOPPING=1\nEXTEND_TIMEOUT_USEC={(drain + s_rest).Ticks / TimeSpan.TicksPerMicrosecond}");

    /// <summary>
    /// A process is the service from here on. The one before it says so, which a unit believes that trusts the main process alone
    /// (<c>NotifyAccess=main</c>); and that one itself, because the one before may have died (<c>NotifyAccess=all</c>).
    /// </summary>
    public static string MainIs(int process) => string.Create(CultureInfo.InvariantCulture, $"MAINPID={process}");

    public static void Tell(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path) return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            // An address that begins with @ is no file (unix(7)).
            var address = new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path);
            socket.SendTo(Encoding.ASCII.GetBytes(state), address);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            // Nobody listens there: what they wanted to know they do not want any more.
        }
    }
}
