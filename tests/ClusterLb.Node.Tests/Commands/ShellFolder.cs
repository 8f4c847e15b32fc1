using System.Diagnostics;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>A folder in which the program lies under its own name, and a bash that finds it there.</summary>
internal sealed class ShellFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("clusterlb-shell").FullName;

    public ShellFolder()
    {
        var program = Path.Combine(_path, "clusterlb");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet '{typeof(ExitCode).Assembly.Location}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>What a script wrote, without the space around it.</summary>
    public async Task<(string Output, string Errors)> BashAsync(string script, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("bash", ["--norc", "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _path,
        };
        start.Environment["PATH"] = $"{_path}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var bash = Process.Start(start)!;
        var (output, errors) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync();
        return ((await output).Trim(), (await errors).Trim());
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
