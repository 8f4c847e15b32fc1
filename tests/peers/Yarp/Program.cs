using System.Net;
using YarpReference;

// YarpReference pipeline|forwarder PORT=BACKEND,BACKEND,... [PORT=...]
if (args is ["version"])
{
    Console.WriteLine($"YARP {typeof(Yarp.ReverseProxy.Forwarder.IHttpForwarder).Assembly.GetName().Version}, .NET {Environment.Version}");
    return 0;
}

var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
var entrances = args.Skip(1).Select(Entrance.Parse).ToArray();

builder.WebHost.UseKestrel(options =>
{
    options.AddServerHeader = false;
    options.Limits.MaxRequestBodySize = null;
    foreach (var entrance in entrances)
    {
        options.Listen(IPAddress.Loopback, entrance.Port);
    }
});
builder.Services.AddRouting();

WebApplication app;
switch (args[0])
{
    case "pipeline":
        Pipeline.AddServices(builder.Services, entrances);
        app = builder.Build();
        app.MapReverseProxy();
        break;
    case "forwarder":
        builder.Services.AddHttpForwarder();
        app = builder.Build();
        Forwarder.Map(app, entrances);
        break;
    default:
        await Console.Error.WriteLineAsync("expected: pipeline or forwarder");
        return 2;
}

await app.RunAsync();
return 0;
