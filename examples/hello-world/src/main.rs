mod flow;
use flow::*;
use flow_core::prelude::*;
static FLOWS: Flows<Db> = flows![HelloWorldFlow];
struct Person { name: String, permissions: Vec<String>, is_manager: bool }
impl User for Person {
    fn id(&self) -> &str { &self.name }
    fn may(&self, permission: &Permission) -> bool { self.permissions.iter().any(|p| p == permission.name()) }
    fn manages(&self, _flow: &str) -> bool { self.is_manager }
}
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut conn = flow_core::sqlite::open(":memory:")?;
    let alice = Person { name: "alice".into(), permissions: vec![], is_manager: false };
    let bob = Person { name: "bob".into(), permissions: vec!["hello_world.approve".into()], is_manager: false };
    FLOWS.migrate(&mut conn)?;
    let process = HelloWorldFlow.start.run(&mut conn, &alice, StartForm { text: "hi".into() })?;
    let task = HelloWorldFlow.approve.tasks().open().of(process.id()).one(&mut conn)?;
    println!("{:?}", HelloWorldFlow.approve.assign(&mut conn, task.id(), &alice).err().map(|e| e.to_string()));
    HelloWorldFlow.approve.assign(&mut conn, task.id(), &bob)?;
    HelloWorldFlow.approve.execute(&mut conn, task.id(), &bob, ApproveForm { approved: true })?;
    println!("{:?}", FLOWS.run_due(&mut conn)?);
    let refused = HelloWorldFlow.processes().filter(HelloWorldProcess::FIELDS.approved.eq(false)).load(&mut conn)?;
    println!("{refused:?}");
    for t in FLOWS.tasks(&mut conn, process.id())? { println!("{} {} {} {}", t.id(), t.node(), t.status(), t.token()); }
    for t in FLOWS.history(&mut conn, process.id())? { println!("{} {} {} {:?}", t.version(), t.actor(), t.action(), t.changes()); }
    Ok(())
}
