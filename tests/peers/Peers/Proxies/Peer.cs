namespace Peers.Proxies;

/// <summary>
/// One proxy of the comparison: how it is configured and started. Adding one is a file here and a line in <see cref="PeerCatalog"/>.
/// </summary>
internal abstract class Peer(string name, int firstPort)
{
    public string Name { get; } = name;

    /// <summary>What answers with its version on one line.</summary>
    public abstract string VersionCommand { get; }

    public virtual IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    public abstract IReadOnlyList<Entrance> Entrances { get; }

    protected static IReadOnlyList<Entrance> HttpOnly { get; } = [Entrance.Http, Entrance.Upload];

    public int Port(Entrance entrance) => firstPort + (int)entrance;

    public bool Offers(Entrance entrance) => Entrances.Contains(entrance);

    /// <summary>
    /// Writes the peer's configuration into <paramref name="folder"/> and says the command that runs it in the foreground.
    /// </summary>
    public abstract string Prepare(string folder);

    protected string Write(string folder, string extension, string text)
    {
        var path = Path.Combine(folder, $"{Name}.{extension}");
        File.WriteAllText(path, text);
        return path;
    }
}
