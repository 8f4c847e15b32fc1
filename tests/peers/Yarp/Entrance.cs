using System.Globalization;

namespace YarpReference;

/// <summary>One listening port and the backends behind it.</summary>
internal sealed record Entrance(int Port, IReadOnlyList<string> Backends)
{
    public static Entrance Parse(string text)
    {
        var parts = text.Split('=');
        return new Entrance(int.Parse(parts[0], CultureInfo.InvariantCulture), [.. parts[1].Split(',').Select(b => $"http://{b}/")]);
    }
}
