namespace ClusterLb.Faults.Trials;

/// <summary>One fault. A scenario injects it, says what it may cost, and undoes it.</summary>
internal interface IScenario
{
    /// <summary>As an operator would type it.</summary>
    string Name { get; }

    /// <summary>What is done, in one line.</summary>
    string Summary { get; }

    /// <summary>Nodes need network namespaces of their own.</summary>
    bool CutsNetwork => false;

    /// <summary>Under load; returns when the fault is undone and everything is as it was.</summary>
    Task RunAsync(Trial trial);
}
