namespace ClusterLb.Faults.Trials;

/// <summary>How every scenario is run.</summary>
/// <param name="Program">The published <c>clusterlb</c>.</param>
/// <param name="Duration">Of one scenario: a quarter before the fault, half with it, a quarter after it; some faults take longer.</param>
/// <param name="Seed">Of clients' and scenarios' chances.</param>
/// <param name="Rate">Requests per second, of all clients together.</param>
/// <param name="Clients">One in four of them speaks lines over TCP, the others HTTP.</param>
internal sealed record RunSettings(string Program, TimeSpan Duration, int Seed, int Rate, int Clients)
{
    public TimeSpan Before => Duration / 4;

    public TimeSpan During => Duration / 2;

    public TimeSpan After => Duration / 4;
}
