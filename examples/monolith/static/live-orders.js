// The dashboard's list of orders as they pass by.
const list = document.getElementById('live');
const events = new EventSource(list.dataset.events);
events.addEventListener('order', ({ data }) => {
  const order = JSON.parse(data);
  const item = document.createElement('li');
  item.textContent = `Order ${order.ORD_NO} of customer ${order.CUST_NO}: ${(order.TOT_CTS / 100).toFixed(2)} ${order.CURR}`;
  list.prepend(item);
  while (list.children.length > 20) list.lastChild.remove();
});
