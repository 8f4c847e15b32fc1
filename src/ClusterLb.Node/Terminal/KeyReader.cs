namespace ClusterLb.Node.Terminal;

/// <summary>Hears keys as they are pressed, without Enter.</summary>
internal static class KeyReader
{
    /// <summary>A terminal that is gone gives keys that are none, one right after the other.</summary>
    private const int Gone = 16;

    /// <summary>Until the process ends: a read of a terminal cannot be called back.</summary>
    /// <param name="press">Called for each key, on a thread of its own.</param>
    public static void Start(Action<char> press) =>
        new Thread(() => Read(press)) { IsBackground = true, Name = "keys" }.Start();

    private static void Read(Action<char> press)
    {
        for (var none = 0; none < Gone;)
        {
            var key = Console.ReadKey(intercept: true).KeyChar;
            none = key == '\0' ? none + 1 : 0;
            if (key != '\0') press(key);
        }
    }
}
