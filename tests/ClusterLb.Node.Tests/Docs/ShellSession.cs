using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using ClusterLb.Node.Terminal;
using ClusterLb.Node.Tests.Hosting;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>A shell in an empty folder, with <c>clusterlb</c> on its path; all that it starts ends with it.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class ShellSession : IDisposable
{
    /// <summary>Ends what a block prints; no command says that.</summary>
    private const string Done = "-- done --";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("clusterlb-session");
    private readonly Process _shell;
    private readonly StringBuilder _errors = new();

    private ShellSession(string admin)
    {
        var bin = _folder.CreateSubdirectory("bin").FullName;
        var program = Path.Combine(bin, "clusterlb");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet '{typeof(ExitCode).Assembly.Location}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        // A process group of its own, by which it is ended.
        var start = new ProcessStartInfo("setsid", ["bash", "--noprofile", "--norc", "-euo", "pipefail"])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("STATE_DIRECTORY");
        start.Environment["XDG_STATE_HOME"] = _folder.CreateSubdirectory("state").FullName;
        start.Environment["PATH"] = $"{bin}:{start.Environment["PATH"]}";
        start.Environment["CLUSTERLB_ADMIN"] = admin;
        _shell = Process.Start(start)!;
        _shell.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.AppendLine(line.Data);
        };
        _shell.BeginErrorReadLine();
    }

    /// <param name="admin">What commands without <c>--admin</c> ask.</param>
    public static ShellSession Start(string admin) => new(admin);

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <returns>What it printed to standard output.</returns>
    /// <exception cref="InvalidOperationException">A command of it failed, which ends the shell.</exception>
    public async Task<string> RunAsync(string block)
    {
        await _shell.StandardInput.WriteAsync($"{block}echo '{Done}'\n");
        await _shell.StandardInput.FlushAsync();
        var printed = new StringBuilder();
        using var patience = new CancellationTokenSource(s_patience);
        while (await _shell.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line == Done) return printed.ToString();
            printed.Append(line).Append('\n');
        }

        throw new InvalidOperationException($"a command failed in\n{block}\nit printed\n{printed}\n{Told()}");
    }

    /// <summary>What the nodes and the commands complained of.</summary>
    public string Told()
    {
        var logs = _folder.GetFiles("*.log").Select(log => $"{log.Name}:\n{File.ReadAllText(log.FullName)}");
        lock (_errors) return $"{_errors}{string.Join('\n', logs)}";
    }

    public void Dispose()
    {
        // Gone already when the shell has ended all that it started.
        _ = kill(-_shell.Id, NodeProcess.SIGKILL);
        _shell.WaitForExit();
        _shell.Dispose();
        _folder.Delete(recursive: true);
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
