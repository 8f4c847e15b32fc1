using System.Net;
using System.Text.RegularExpressions;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>One value for one key, from the command line or the environment.</summary>
internal static partial class ConfigurationSetting
{
    /// <param name="document">Gets the value, or what is wrong with it.</param>
    /// <param name="setting"><c>KEY=VALUE</c>, or <c>KEY+=ITEM</c>; the key as it would be in a file.</param>
    public static void AddFromCommandLine(HoconDocument document, string setting)
    {
        // What follows the key may be a secret, whatever sign was typed for the equals sign.
        var source = $"--set {KeyPattern().Match(setting).Value}";
        var match = SettingPattern().Match(setting);
        if (!match.Success)
        {
            document.Tell(new HoconPlace(source), "must be KEY=VALUE, such as node.name=lb1");
            return;
        }

        try
        {
            var key = HoconPath.Parse(source, match.Groups["key"].Value);
            Add(document, source, key, match.Groups["value"].Value, match.Groups["append"].Success);
        }
        catch (HoconException failure)
        {
            document.Tell(failure.Place, $"unknown key: {failure.Message}");
        }
    }

    /// <summary>A variable of the environment; those that are none of ours are left alone.</summary>
    public static void AddFromEnvironment(HoconDocument document, string name, string value)
    {
        if (!EnvironmentNames.IsOurs(name)) return;
        var source = $"environment {name}";
        var known = document.Root.Definitions(ConfigurationSources.Root) is [.., HoconObject block] ? block : null;
        if (EnvironmentNames.KeyOf(name, known, out var problem) is { } key)
        {
            // Two variables may be one key, for their case does not count.
            document.Note("environment", [ConfigurationSources.Root, .. key], new HoconText(new HoconPlace(source), value));
            Add(document, source, key, value, isAppended: false);
        }
        else
        {
            document.Tell(new HoconPlace(source), problem);
        }
    }

    private static void Add(HoconDocument document, string source, IReadOnlyList<string> key, string value, bool isAppended)
    {
        string[] path = key is [ConfigurationSources.Root, _, ..] ? [.. key] : [ConfigurationSources.Root, .. key];
        if (Read(document, source, path.Length, value) is not { } read) return;
        document.Root.Add(path, new HoconPlace(source), isAppended ? new HoconAppend(read.Place, [read]) : read);
    }

    /// <summary>
    /// A list, a block and null are read as HOCON. Everything else is a text as it stands, so that a password needs no quotes; the word
    /// null is what templates write for what they do not have.
    /// </summary>
    private static HoconValue? Read(HoconDocument document, string source, int depth, string value)
    {
        var isStructure = value.StartsWith('{') || (value.StartsWith('[') && !IPEndPoint.TryParse(value, out _));
        if (isStructure) return document.ReadValue(source, value, depth);
        return value == "null" ? new HoconNull(new HoconPlace(source)) : new HoconText(new HoconPlace(source), value);
    }

    [GeneratedRegex("""
        ^(?:"(?:[^"\\]|\\.)*"|[A-Za-z0-9._-])*
        """)]
    private static partial Regex KeyPattern();

    [GeneratedRegex("""
        ^(?<key>(?:"(?:[^"\\]|\\.)*"|(?!//)[^"=#\r\n])+?)(?<append>\+)?=(?<value>.*)$
        """, RegexOptions.Singleline)]
    private static partial Regex SettingPattern();
}
