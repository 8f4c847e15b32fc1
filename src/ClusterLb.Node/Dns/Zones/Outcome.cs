using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Dns.Zones;

/// <summary>What a query came to.</summary>
internal enum Outcome
{
    /// <summary>It has what it asked for.</summary>
    Answered,

    /// <summary>The name exists and has nothing of that type (RFC 2308, section 2.2).</summary>
    NoData,

    /// <summary>The zone has no such name.</summary>
    NoName,

    /// <summary>It is about another zone or class, or wants the whole zone and may not have it.</summary>
    Refused,
    FormatError,
    NotImplemented,

    /// <summary>It speaks a version of EDNS that nobody here knows.</summary>
    BadVersion,

    /// <summary>It was given the whole zone.</summary>
    Transferred,
}

internal static class Outcomes
{
    /// <summary>A response that says so is about the zone.</summary>
    public static bool IsAuthoritative(this Outcome outcome) =>
        outcome is Outcome.Answered or Outcome.NoData or Outcome.NoName or Outcome.Transferred;

    public static ResponseCode Code(this Outcome outcome) => outcome switch
    {
        Outcome.NoName => ResponseCode.NameError,
        Outcome.Refused => ResponseCode.Refused,
        Outcome.FormatError => ResponseCode.FormatError,
        Outcome.NotImplemented => ResponseCode.NotImplemented,
        Outcome.BadVersion => ResponseCode.BadVersion,
        _ => ResponseCode.NoError,
    };
}
