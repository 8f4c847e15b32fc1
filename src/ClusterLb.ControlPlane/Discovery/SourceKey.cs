namespace ClusterLb.ControlPlane.Discovery;

/// <summary>What a source of a pool is called everywhere: a reload that leaves both as they are changes nothing of it.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Source">As <c>discover</c> has it.</param>
public readonly record struct SourceKey(string Pool, string Source)
{
    public override string ToString() => $"{Source} of pool {Pool}";
}
