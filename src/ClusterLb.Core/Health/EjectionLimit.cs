namespace ClusterLb.Core.Health;

/// <summary>How much of a pool passive ejection may take away.</summary>
internal static class EjectionLimit
{
    /// <param name="maxEjectedPercent">0 to 100.</param>
    /// <param name="inService">Members an operator wants to serve; the only one is never ejected.</param>
    /// <param name="out">Those of them that are ejected or on trial already.</param>
    public static bool AllowsOneMore(int maxEjectedPercent, int inService, int @out) =>
        inService > 1 && (@out + 1) * 100 <= maxEjectedPercent * inService;
}
