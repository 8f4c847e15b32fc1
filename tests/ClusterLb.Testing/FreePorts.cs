using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Testing;

/// <summary>
/// Loopback ports that nobody listens on, each handed out once: no other process of tests gets it either, however long whoever took it has
/// yet to listen, or has ceased to. Below those that the system gives to whoever connects (from 32768 on Linux): one of these could be an
/// outgoing connection's by the time that a killed server comes back to it.
/// </summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int Blocks = 120;
    private const int BlockSize = 100;

    private static readonly Lock s_turn = new();

    /// <summary>Of this user, since the files of another could not be opened.</summary>
    private static readonly string s_folder =
        Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"clusterlb-ports-{Environment.UserName}")).FullName;

    /// <summary>Locked until this process ends, however it does.</summary>
    private static readonly List<FileStream> s_claims = [];

    private static Queue<int> s_left = [];

    public static int Next()
    {
        lock (s_turn)
        {
            while (true)
            {
                if (s_left.Count == 0) s_left = new Queue<int>(Claim());
                var port = s_left.Dequeue();
                if (IsFree(port)) return port;
            }
        }
    }

    /// <summary>A block of ports that no process has.</summary>
    private static IEnumerable<int> Claim()
    {
        var blocks = Enumerable.Range(0, Blocks).ToArray();
        Random.Shared.Shuffle(blocks);
        foreach (var block in blocks)
        {
            try
            {
                var file = Path.Combine(s_folder, block.ToString(CultureInfo.InvariantCulture));
                s_claims.Add(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                return Enumerable.Range(First + (block * BlockSize), BlockSize);
            }
            catch (IOException)
            {
                // Another process has it, or this one.
            }
        }

        throw new InvalidOperationException($"processes of tests hold all ports from {First} on");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
