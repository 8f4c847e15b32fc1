namespace Peers.Rows;

/// <summary>
/// Who runs where (taskset lists): the proxy has a core for itself where there are two, the load one more where there are three.
/// </summary>
internal sealed record Cores(string Proxy, string Backends, string Load)
{
    public static Cores Choose(int count) => count switch
    {
        1 => new Cores("0", "0", "0"),
        2 => new Cores("1", "0", "0"),
        _ => new Cores("1", "0", "2"),
    };
}
