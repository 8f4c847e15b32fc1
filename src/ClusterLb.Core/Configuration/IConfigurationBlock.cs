namespace ClusterLb.Core.Configuration;

/// <summary>
/// One block of an operator's configuration, for who reads options of its own without knowing how it is written. A key that is read is
/// legal; a value that is not is reported with its place, and a harmless one returned. Used by one thread, while configuration is read.
/// </summary>
public interface IConfigurationBlock
{
    string Text(string key);

    /// <summary>A text that no problem repeats; it may be in a file, which the same key with <c>-file</c> names.</summary>
    Secret Secret(string key);

    bool Flag(string key);

    /// <param name="min">The least that is legal.</param>
    /// <param name="word">A word that stands for a number.</param>
    int Integer(string key, int min, int max, (string Text, int Value)? word = null);

    /// <param name="min">As an operator writes it, e.g. <c>10ms</c>.</param>
    TimeSpan Duration(string key, string min, string max);

    /// <summary>One of a few words, and what each stands for.</summary>
    T Choice<T>(string key, params (string Name, T Value)[] choices);

    /// <summary>A block of names with a text each, in their order; no problem repeats a text of it.</summary>
    EquatableList<(string Name, string Value)> Pairs(string key);

    /// <summary>A list; one value alone counts as a list of it.</summary>
    /// <param name="parse">Of one item.</param>
    /// <param name="legal">What an item must be, in a few words.</param>
    EquatableList<T> List<T>(string key, Func<string, (bool IsLegal, T Value)> parse, string legal);

    /// <param name="key">Relative to this block.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    void Report(string key, string message);
}
