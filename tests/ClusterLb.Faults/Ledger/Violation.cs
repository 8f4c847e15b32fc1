namespace ClusterLb.Faults.Ledger;

/// <summary>Which promise was broken.</summary>
internal enum Promise
{
    /// <summary>Every error is explained by the declared fault.</summary>
    ErrorsAreExplained,

    /// <summary>Every success has exactly one receipt.</summary>
    OneReceipt,

    /// <summary>Nothing is received twice without need, and what is not idempotent never.</summary>
    ReceivedOnce,

    /// <summary>Everybody gets his own answer.</summary>
    OwnAnswer,

    /// <summary>A session is in one place.</summary>
    OnePlace,

    /// <summary>A frozen backend costs a session one timeout.</summary>
    OneTimeout,

    /// <summary>Of the scenario's own.</summary>
    Scenario,
}

/// <param name="Promise">That was broken.</param>
/// <param name="Evidence">What shows it, in one line or a few.</param>
internal sealed record Violation(Promise Promise, string Evidence)
{
    public override string ToString() => $"{Promise}: {Evidence}";
}
