using System.Globalization;

namespace Peers.Native;

/// <summary>What the kernel knows of a process and its children (nginx works in one), from proc(5).</summary>
internal static class ProcessFigures
{
    /// <summary>User plus system time so far, microseconds (the kernel counts in 10 ms).</summary>
    public static double CpuMicroseconds(int pid) => Family(pid).Sum(id =>
    {
        var text = File.ReadAllText($"/proc/{id}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * 10_000;
    });

    /// <summary>Resident memory now, bytes.</summary>
    public static double Memory(int pid) => Status(pid, "VmRSS:");

    /// <summary>Most resident memory since <see cref="ForgetPeak"/>, bytes.</summary>
    public static double PeakMemory(int pid) => Status(pid, "VmHWM:");

    public static void ForgetPeak(int pid)
    {
        foreach (var id in Family(pid))
        {
            File.WriteAllText($"/proc/{id}/clear_refs", "5");
        }
    }

    private static double Status(int pid, string name) => Family(pid).Sum(id =>
    {
        var line = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..^2], CultureInfo.InvariantCulture) * 1024;
    });

    private static IEnumerable<int> Family(int pid) => File.ReadAllText($"/proc/{pid}/task/{pid}/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(id => int.Parse(id, CultureInfo.InvariantCulture))
        .Prepend(pid);
}
