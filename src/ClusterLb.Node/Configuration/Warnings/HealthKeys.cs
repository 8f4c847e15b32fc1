using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Settings of checks of another type than the pool has.</summary>
internal static class HealthKeys
{
    /// <summary>All that a pool without checks still reads.</summary>
    private const string Type = "type";

    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        var keysOf = of.Probes.All.ToDictionary(probe => probe.Type, KeysOf);
        foreach (var pool in of.Config.Pools)
        {
            var block = ConfigurationKey.Of("pools", pool.Name, "health");
            if (pool.Health.Probe is not { } probe)
            {
                if (of.Text.KeysIn(block).FirstOrDefault(key => key != Type) is { } any)
                {
                    yield return of.Warn($"{block}.{any}",
                        "does nothing, for type = none checks nothing; type must say what is to be asked");
                }

                continue;
            }

            foreach (var key in of.Text.KeysIn(block).Where(key => !keysOf[probe.Type].Contains(key)))
            {
                var users = keysOf.Where(other => other.Value.Contains(key)).Select(other => other.Key).ToList();
                if (users.Count > 0)
                {
                    yield return of.Warn($"{block}.{key}",
                        $"does nothing, for type is {probe.Type}; it must be {string.Join(" or ", users)}");
                }
            }
        }
    }

    private static HashSet<string> KeysOf(IProbe probe)
    {
        var keys = new ReadKeys();
        probe.Read(keys);
        return keys.All;
    }

    /// <summary>Notes what is asked for, and has none of it.</summary>
    private sealed class ReadKeys : IConfigurationBlock
    {
        public HashSet<string> All { get; } = [];

        public string Text(string key) => Note(key, "");

        public Secret Secret(string key)
        {
            All.Add($"{key}-file");
            return Note(key, new Secret(""));
        }

        public bool Flag(string key) => Note(key, false);

        public int Integer(string key, int min, int max, (string Text, int Value)? word = null) => Note(key, min);

        public TimeSpan Duration(string key, string min, string max) => Note(key, DurationText.Parse(min) ?? TimeSpan.Zero);

        public T Choice<T>(string key, params (string Name, T Value)[] choices) => Note(key, choices[0].Value);

        public EquatableList<(string Name, string Value)> Pairs(string key) => Note(key, new EquatableList<(string Name, string Value)>());

        public EquatableList<T> List<T>(string key, Func<string, (bool IsLegal, T Value)> parse, string legal) =>
            Note(key, new EquatableList<T>());

        public void Report(string key, string message)
        {
        }

        private T Note<T>(string key, T value)
        {
            All.Add(key);
            return value;
        }
    }
}
