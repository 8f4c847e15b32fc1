using System.CommandLine;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Commands;

/// <summary>The options of every command that reads a configuration.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string[]> _config = new("--config", "-c") { Description = "A HOCON file; repeatable, later files win." };
    private readonly Option<string[]> _set =
        new("--set") { Description = "KEY=VALUE, such as node.name=lb1, or KEY+=ITEM; repeatable, wins over files and environment." };

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_set);
    }

    public ConfigurationSources SourcesOf(ParseResult parsed) => new(
        parsed.GetValue(_config) ?? [],
        parsed.GetValue(_set) ?? [],
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? ""));
}
