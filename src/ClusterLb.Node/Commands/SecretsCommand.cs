using System.CommandLine;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ClusterLb.Node.Secrets;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb secrets</c>: makes certificates, keys and tokens of a cluster that are not there yet.</summary>
internal static partial class SecretsCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where the nodes read them." };
        var nodes = new Argument<string[]>("NODE")
        {
            Description = "The nodes, each of which gets a certificate.",
            Arity = ArgumentArity.OneOrMore,
        };
        var authority = new Option<string?>("--authority")
        {
            Description = "Where the authority's own key is kept, which makes nodes and which no node needs; without it in FOLDER.",
            HelpName = "FOLDER",
        };
        var command = new Command("secrets",
            "Make a cluster's certificates, keys, admin token and Redis password, each in a file; what is there stays.")
        {
            folder, nodes, authority,
        };
        command.SetAction(parsed => Run(parsed.GetValue(folder)!, parsed.GetValue(nodes)!, parsed.GetValue(authority),
            parsed.InvocationConfiguration));
        return command;
    }

    private static int Run(string folder, string[] nodes, string? authority, InvocationConfiguration console)
    {
        if (nodes.FirstOrDefault(node => !NamePattern().IsMatch(node)) is { } bad)
        {
            console.Error.WriteLine(
                $"\"{bad}\" is no name of a node; it must be of letters, digits, - _ . and begin with a letter or a digit");
            return ExitCode.CouldNotAsk;
        }

        var (files, own) = (new SecretFolder(folder), new SecretFolder(authority ?? folder));
        try
        {
            ClusterSecretFiles.Make(files, own, nodes, TimeProvider.System.GetUtcNow());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            console.Error.WriteLine($"the secrets cannot be made: {failure.Message.ReplaceLineEndings(" ")}");
            return ExitCode.No;
        }

        var made = own.Written.Concat(files.Written).Distinct().ToList();
        console.Output.WriteLine(made.Count == 0 ? $"{folder}: all there" : $"{folder}: made {string.Join(", ", made)}");
        return ExitCode.Done;
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    private static partial Regex NamePattern();
}
