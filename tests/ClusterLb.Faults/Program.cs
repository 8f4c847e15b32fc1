using ClusterLb.Faults.Backends;

// A backend to be killed and frozen; BackendProcess starts it: NAME PORT JOURNAL. It listens once it is told to, and ends with its parent.
if (args is not [var name, var port, var journal])
{
    await Console.Error.WriteLineAsync("usage: ClusterLb.Faults NAME PORT JOURNAL");
    return 1;
}

await using var server = new BackendServer(name, journal);
Console.WriteLine("waits");
if (Console.ReadLine() is null) return 0;
server.Listen(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
Console.WriteLine("listens");
Console.ReadLine();
return 0;
