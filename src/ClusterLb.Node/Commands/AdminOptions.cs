using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Printing;
using ClusterLb.Node.Api;
using ClusterLb.Node.Client;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary>The options of every command that asks a running node, and how such a command runs.</summary>
internal sealed class AdminOptions
{
    private const string TokenVariable = "CLUSTERLB_TOKEN";
    private const string TokenFileVariable = "CLUSTERLB_TOKEN_FILE";
    private const string AuthorityVariable = "CLUSTERLB_CACERT";
    private const string AdminVariable = "CLUSTERLB_ADMIN";

    /// <summary>Somebody has pressed Tab and waits.</summary>
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan s_watchInterval = TimeSpan.FromSeconds(2);

    private readonly Option<string> _admin = new("--admin")
    {
        Description = $"The admin port of any node, or of several, parted by commas, of which the first that answers is asked; also "
            + $"{AdminVariable}.",
        HelpName = "URL",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(AdminVariable) is { Length: > 0 } set ? set : "http://127.0.0.1:9000"
    };
    private readonly Option<string?> _token =
        new("--token") { Description = $"The admin token; whoever lists processes sees it: better --token-file or {TokenVariable}." };
    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = $"A file with the admin token, if the node has one; also {TokenFileVariable}.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _authority =
        new("--cacert") { Description = $"A PEM file with whom to trust at https://; also {AuthorityVariable}.", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the answer as JSON." };
    private readonly Option<bool> _wide = new("--wide")
    { Description = "Show every column and cut nothing, however narrow the terminal is." };
    private readonly Option<bool> _watch = new("--watch") { Description = "Show it again every 2 s, until Ctrl+C." };

    private bool _isWarned;

    /// <summary>For one answer. Default 10 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gives a command the options and what it does; the outcome is its exit code.</summary>
    public Command Complete(Command command, Func<AdminCall, Task<int>> action)
    {
        command.Options.Add(_token);
        command.Options.Add(_tokenFile);
        command.Options.Add(_json);
        return CompleteQuestion(command, action);
    }

    /// <summary>Of a command that asks what needs no token, and whose answer is its exit code.</summary>
    public Command CompleteQuestion(Command command, Func<AdminCall, Task<int>> action)
    {
        command.Options.Add(_admin);
        command.Options.Add(_authority);
        command.SetAction((parsed, _) => RunAsync(parsed, action));
        return command;
    }

    /// <summary>Of a command that prints a table.</summary>
    public Command CompleteTable(Command command, Func<AdminCall, Task<int>> action)
    {
        command.Options.Add(_wide);
        return Complete(command, action);
    }

    /// <summary>Of a command that shows how things are now, in a table.</summary>
    public Command CompleteView(Command command, Func<AdminCall, Task<int>> action)
    {
        CompleteTable(command, action);
        command.Options.Add(_watch);
        command.SetAction((parsed, stop) => parsed.GetValue(_watch) ? WatchAsync(parsed, action, stop) : RunAsync(parsed, action));
        return command;
    }

    /// <summary>A node that does not answer for once is asked again. Ends when it is stopped.</summary>
    private async Task<int> WatchAsync(ParseResult parsed, Func<AdminCall, Task<int>> action, CancellationToken stop)
    {
        var output = WriterOf(parsed);
        while (true)
        {
            output.StartOver();
            await RunAsync(parsed, action);
            await Task.Delay(s_watchInterval, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            if (stop.IsCancellationRequested) return ExitCode.Done;
        }
    }

    /// <summary>What a node answers at once to a GET; null when it does not. Says nothing of why.</summary>
    /// <param name="parsed">A line that may not be complete, or none at all: help asks, too.</param>
    /// <param name="path">Under /api/v1/.</param>
    public T? Look<T>(ParseResult parsed, string path) where T : class
    {
        if (parsed.GetValue(_admin) is null) return null;
        _isWarned = true;
        try
        {
            using var client = Connect(parsed, s_glance);
            // System.CommandLine asks for completions without a task, and this process does nothing else.
            return client.GetAsync<T>(path).WaitAsync(s_glance, TimeProvider.System).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is AdminException or TimeoutException or InvalidOperationException)
        {
            return null;
        }
    }

    private PrintableWriter WriterOf(ParseResult parsed)
    {
        var (isWide, isWatched) = (parsed.GetValue(_wide), parsed.GetValue(_watch));
        var output = new PrintableWriter(parsed.InvocationConfiguration.Output) { IsWide = isWide };
        return isWatched && !isWide && output.IsTerminal
            ? new PrintableWriter(parsed.InvocationConfiguration.Output) { Height = Console.WindowHeight }
            : output;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<AdminCall, Task<int>> action)
    {
        var console = parsed.InvocationConfiguration;
        try
        {
            using var client = Connect(parsed, Patience);
            return await action(new AdminCall(client, parsed, parsed.GetValue(_json), WriterOf(parsed),
                new PrintableWriter(console.Error)));
        }
        catch (AdminException failure)
        {
            foreach (var line in failure.Lines) new PrintableWriter(console.Error).WriteProse(Printable.Of(line));
            return failure.ExitCode;
        }
    }

    private AdminClient Connect(ParseResult parsed, TimeSpan patience)
    {
        var urls = parsed.GetValue(_admin)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (urls.Length == 0)
            throw new AdminException(ExitCode.CouldNotAsk, "--admin is empty; it must be a URL such as http://127.0.0.1:9000");
        var token = TokenOf(parsed);
        if (!HttpText.IsVisible(token))
            throw new AdminException(ExitCode.CouldNotAsk, "the token holds a space or a character that no header carries");
        return new AdminClient([.. urls.Select(UrlOf)], token, patience, AuthoritiesOf(parsed));
    }

    private string TokenOf(ParseResult parsed)
    {
        var (given, file) = (parsed.GetValue(_token), parsed.GetValue(_tokenFile));
        if (given is not null && file is not null)
            throw new AdminException(ExitCode.CouldNotAsk, "--token and --token-file are both given; use one");
        if (file is not null) return Read("--token-file", file);
        if (given is null) return TokenOfEnvironment();
        // Once, however often --watch asks.
        if (_isWarned) return given;
        _isWarned = true;
        parsed.InvocationConfiguration.Error.WriteLine(
            $"warning: --token shows the token to whoever lists processes; use --token-file or {TokenVariable}");
        return given;
    }

    private static string TokenOfEnvironment()
    {
        if (Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token) return token;
        return Environment.GetEnvironmentVariable(TokenFileVariable) is { Length: > 0 } file ? Read(TokenFileVariable, file) : "";
    }

    /// <param name="name">Who says which file it is.</param>
    private static string Read(string name, string file)
    {
        var token = SecretFile.Read(file, out var problem);
        return problem.Length == 0 ? token : throw new AdminException(ExitCode.CouldNotAsk, $"{name} {problem}");
    }

    private X509Certificate2Collection? AuthoritiesOf(ParseResult parsed)
    {
        var file = parsed.GetValue(_authority) ?? Environment.GetEnvironmentVariable(AuthorityVariable);
        if (string.IsNullOrEmpty(file)) return null;
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            if (authorities.Count > 0) return authorities;
            throw new AdminException(ExitCode.CouldNotAsk, $"--cacert \"{file}\" holds no certificate; it must be a PEM file");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AdminException(ExitCode.CouldNotAsk, $"--cacert \"{file}\" cannot be read: {failure.Message}");
        }
    }

    private static Uri UrlOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            // What is before an @ may be a password.
            var said = text.Contains('@', StringComparison.Ordinal) ? "no URL" : $"\"{text}\"";
            throw new AdminException(ExitCode.CouldNotAsk, $"--admin is {said}; it must be a URL such as http://127.0.0.1:9000");
        }

        if (url.UserInfo.Length == 0) return url;
        throw new AdminException(
            ExitCode.CouldNotAsk,
            $"--admin holds a user or password; a node knows a token only, given with --token-file or {TokenVariable}");
    }
}

/// <summary>One command being run.</summary>
/// <param name="Client">To the node.</param>
/// <param name="Parsed">Its arguments.</param>
/// <param name="AsJson">The answer goes out as the node gave it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error: for what is no answer, such as progress.</param>
internal sealed record AdminCall(AdminClient Client, ParseResult Parsed, bool AsJson, TextWriter Output, TextWriter Error)
{
    /// <summary>Prints an answer as JSON, or as people like it.</summary>
    public void Print<T>(T answer, Action<T> forPeople)
    {
        if (AsJson) Output.WriteLine(JsonSerializer.Serialize(answer, ApiJson.Indented));
        else forPeople(answer);
    }
}
