using System.Globalization;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Where something was written.</summary>
/// <param name="Source">The file, or what else set it.</param>
/// <param name="Line">From 1; 0 = it has none.</param>
/// <param name="Column">From 1; 0 = it has none.</param>
internal readonly record struct HoconPlace(string Source, int Line = 0, int Column = 0)
{
    /// <summary>For messages: <c>file:line:column</c>, as far as it is known.</summary>
    public override string ToString() => this switch
    {
        { Line: 0 } => Source,
        { Column: 0 } => string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}"),
    };
}
