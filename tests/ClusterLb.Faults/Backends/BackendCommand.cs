using System.Globalization;
using System.Net;

namespace ClusterLb.Faults.Backends;

/// <summary>
/// What this program is when it is a backend, which <see cref="BackendProcess"/> starts: it listens once it is told to, behaves as it is
/// told, and ends with its standard input.
/// </summary>
internal static class BackendCommand
{
    /// <param name="arguments">Name, address, port of HTTP, port of lines, journal.</param>
    public static async Task RunAsync(string[] arguments)
    {
        Console.WriteLine("waits");
        if (await Console.In.ReadLineAsync() is null) return;
        using var server = new BackendServer(arguments[0], arguments[4]);
        server.Listen(IPAddress.Parse(arguments[1]), Port(arguments[2]), Port(arguments[3]));
        Console.WriteLine("listens");
        while (await Console.In.ReadLineAsync() is { } line) server.Behaviour = Behaviour.Parse(line);
    }

    private static int Port(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
