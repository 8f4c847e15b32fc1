using System.Globalization;

namespace ClusterLb.Faults.History;

/// <summary>A client waited in vain again, though it had heard of a timeout of the same freeze.</summary>
/// <param name="Entry">The one that began later.</param>
/// <param name="Around">What the session did at the time.</param>
public sealed record SecondTimeout(RequestEntry Entry, IReadOnlyList<RequestEntry> Around)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"session {Entry.Session}: {Entry.Node} let it wait again from {Entry.Begin:F1} to "
            + $"{Entry.End:F1}\n{string.Join('\n', Around)}");
}
