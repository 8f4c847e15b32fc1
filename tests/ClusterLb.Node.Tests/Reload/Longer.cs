using System.Globalization;

namespace ClusterLb.Node.Tests.Reload;

/// <summary>How much of something: little in the suite, more where a command asks for it.</summary>
internal static class Longer
{
    /// <param name="variable">Of the environment, by which a command asks.</param>
    public static int NumberOf(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked)
            ? asked
            : otherwise;
}
